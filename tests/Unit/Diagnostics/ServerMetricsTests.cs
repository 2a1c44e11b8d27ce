using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Tests.Unit.Diagnostics;

public sealed class ServerMetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Meters _meters = new();

    [Fact]
    public void Postgres_is_available_while_it_takes_the_reports_of_the_process()
    {
        var servers = new ServerMetrics(redis: null, publisher: null, _meters, _time);
        Measured().ShouldBe([("postgres", 0)], "nothing was written yet; and a server that the process does not use is not named");

        servers.PostgresWrote();
        Measured().ShouldBe([("postgres", 1)]);

        _time.Advance(TimeSpan.FromSeconds(9));
        Measured().ShouldBe([("postgres", 1)]);

        _time.Advance(TimeSpan.FromSeconds(2));
        Measured().ShouldBe([("postgres", 0)]);
    }

    public void Dispose() => _meters.Dispose();

    private List<(string Server, int Available)> Measured()
    {
        var measured = new List<(string, int)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // other tests have hosts with the same meter
            if (_meters.Created.Contains(instrument.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => measured.Add(((string)tags[0].Value!, value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
