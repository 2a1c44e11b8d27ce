using System.Diagnostics.Metrics;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>Meters that nobody listens to, unless a test does.</summary>
internal sealed class Meters : IMeterFactory
{
    private readonly List<Meter> _created = [];

    /// <summary>All that were made.</summary>
    public IReadOnlyCollection<Meter> Created => _created;

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _created.Add(meter);
        return meter;
    }

    public void Dispose() => _created.ForEach(meter => meter.Dispose());
}
