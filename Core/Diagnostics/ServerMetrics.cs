using System.Diagnostics.Metrics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Redis;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Which servers this process can use at the moment, as it sees them itself: <c>switchboard.server.available</c> (1 or 0) of the meter
/// <c>Switchboard.Servers</c>, with <c>server</c>: postgres, redis, rabbitmq. One that the process does not use is not named.
/// </summary>
internal sealed class ServerMetrics
{
    // several reports of the process
    private static readonly TimeSpan _trust = TimeSpan.FromSeconds(10);

    private readonly RedisConnection? _redis;
    private readonly JobPublisher? _publisher;
    private readonly TimeProvider _timeProvider;
    private long _wroteAt;

    public ServerMetrics(RedisConnection? redis, JobPublisher? publisher, IMeterFactory meters, TimeProvider timeProvider)
    {
        (_redis, _publisher, _timeProvider) = (redis, publisher, timeProvider);
        meters.Create("Switchboard.Servers").CreateObservableGauge(
            "switchboard.server.available", Each, description: "Whether the process can use the server: 1 or 0");
    }

    /// <summary>Postgres has just taken this process's report.</summary>
    public void PostgresWrote() => Volatile.Write(ref _wroteAt, _timeProvider.GetTimestamp());

    private IEnumerable<Measurement<int>> Each()
    {
        var wroteAt = Volatile.Read(ref _wroteAt);
        yield return Of("postgres", wroteAt != 0 && _timeProvider.GetElapsedTime(wroteAt) < _trust);
        if (_redis is not null)
            yield return Of("redis", _redis.IsAvailable);
        if (_publisher is not null)
            yield return Of("rabbitmq", _publisher is { IsConnected: true, BlockedReason: null });
    }

    private static Measurement<int> Of(string server, bool available) =>
        new(available ? 1 : 0, new KeyValuePair<string, object?>("server", server));
}
