using System.Diagnostics.Metrics;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Diagnostics;

/// <summary>Reads the connections of this process to Postgres from Npgsql's meter.</summary>
internal sealed class DatabasePoolMeter : IDisposable
{
    private const string MeterName = "Npgsql";
    private const string Connections = "db.client.connection.count";
    private const string Pending = "db.client.connection.npgsql.pending_requests";
    private const string State = "db.client.connection.state";

    private readonly MeterListener _listener = new();
    private readonly Lock _reading = new();
    private readonly int _max;
    private int _idle;
    private int _busy;
    private int _waiting;

    public DatabasePoolMeter(IOptions<DatabasePoolOptions> options)
    {
        _max = options.Value.MaxConnections;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: MeterName, Name: Connections or Pending })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The connections as they are now.</summary>
    public DatabaseStats Read()
    {
        lock (_reading)
        {
            (_idle, _busy) = (0, 0);
            _listener.RecordObservableInstruments();
            // a caller that began to wait before this listened is only seen to leave
            return new(_idle, _busy, Math.Max(0, Volatile.Read(ref _waiting)), _max);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Measured(Instrument instrument, int value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // a counter of changes, and from any thread; the other one is observed, by Read
        if (instrument.Name == Pending)
            Interlocked.Add(ref _waiting, value);
        else if (IsIdle(tags))
            _idle += value;
        else
            _busy += value;
    }

    private static bool IsIdle(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, state) in tags)
        {
            if (name == State)
                return state is "idle";
        }

        return false;
    }
}

/// <summary>A process's connections to Postgres.</summary>
/// <param name="Idle">Open and not in use.</param>
/// <param name="Busy">Open and in use.</param>
/// <param name="Waiting">How many wait for one.</param>
/// <param name="Max">How many may be open.</param>
public sealed record DatabaseStats(int Idle, int Busy, int Waiting, int Max) : IStats
{
    /// <inheritdoc/>
    public static string Section => "database";

    /// <summary>How many are open.</summary>
    public int Total => Idle + Busy;
}
