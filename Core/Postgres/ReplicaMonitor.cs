using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Postgres;

/// <summary>When reads go to a replica; section <c>Replica</c>.</summary>
public sealed class ReplicaOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Replica";

    /// <summary>How far a replica may be behind; one that is further is not read from.</summary>
    [Range(100, 600_000)]
    public int MaxLagMs { get; set; } = 2_000;

    /// <summary>How often it is looked at how far it is.</summary>
    [Range(10, 60_000)]
    public int CheckMs { get; set; } = 250;

    /// <summary>For how long the reads of a user who has changed something stay with the primary.</summary>
    [Range(100, 3_600_000)]
    public int ReadYourWritesMs { get; set; } = 5_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxLagMs < 2 * CheckMs)
            yield return new ValidationResult($"Replica:MaxLagMs ({MaxLagMs}) must be at least twice Replica:CheckMs ({CheckMs}).");
        if (ReadYourWritesMs < MaxLagMs)
            yield return new ValidationResult(
                $"Replica:ReadYourWritesMs ({ReadYourWritesMs}) must not be below Replica:MaxLagMs ({MaxLagMs}).");
    }
}

/// <summary>
/// Follows how far the replica is. Where the primary has got to in its log is noted with the time; the replica has everything up to the
/// latest such time whose place it has replayed. So one that is cut off falls behind as soon as anything is written, and an idle primary
/// makes no lag. Gauge <c>switchboard.replica.lag</c> (s).
/// </summary>
internal sealed partial class ReplicaMonitor : ResilientLoop
{
    private const string WrittenSql = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint";

    // null where it is no replica: a server by itself would be read from for ever without anything new
    private const string ReplayedSql =
        "SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END, '0/0')::bigint";

    private readonly NpgsqlDataSource _primary;
    private readonly NpgsqlDataSource _replica;
    private readonly ReplicaOptions _options;
    private readonly ILogger _logger;
    private readonly ReplicaProgress _progress;
    private bool _wasUsable;

    public ReplicaMonitor(
        NpgsqlDataSource primary, NpgsqlDataSource replica, ReplicaOptions options, IMeterFactory meters, TimeProvider timeProvider,
        ILogger<ReplicaMonitor> logger)
        : base(timeProvider, logger)
    {
        (_primary, _replica, _options, _logger) = (primary, replica, options, logger);
        _progress = new(timeProvider);
        meters.Create(ReadDatabase.MeterName).CreateObservableGauge(
            "switchboard.replica.lag", Measure, "s", "How far the replica is behind at most");
    }

    /// <summary>Whether it is known to be close enough behind the primary.</summary>
    public bool IsUsable => _progress.Lag <= TimeSpan.FromMilliseconds(_options.MaxLagMs);

    /// <summary>It did not answer: nothing is read from it until the next look finds it well.</summary>
    public void Lose() => _progress.Forget();

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            var at = TimeProvider.GetTimestamp();
            _progress.Written(at, await _primary.Command(WrittenSql).ScalarAsync<long>(cancellationToken));
            await using var replayed = _replica.Command(ReplayedSql);
            if (await replayed.ExecuteScalarAsync(cancellationToken) is long position)
                _progress.Replayed(position);
            else
                _progress.Forget();
        }
        finally
        {
            if (_wasUsable != IsUsable)
            {
                _wasUsable = !_wasUsable;
                Log.Changed(
                    _logger, _wasUsable ? LogLevel.Information : LogLevel.Warning, _wasUsable ? "read from" : "not read from",
                    _progress.Lag?.TotalSeconds);
            }
        }

        return TimeSpan.FromMilliseconds(_options.CheckMs);
    }

    private IEnumerable<Measurement<double>> Measure() => _progress.Lag is { } lag ? [new(lag.TotalSeconds)] : [];

    private static partial class Log
    {
        [LoggerMessage(Message = "The replica of the database is {State} (lag {LagSeconds} s)")]
        public static partial void Changed(ILogger logger, LogLevel level, string state, double? lagSeconds);
    }
}

/// <summary>Up to when a replica has what the primary has.</summary>
internal sealed class ReplicaProgress(TimeProvider timeProvider)
{
    // at the shortest interval of looks some seconds: what is further behind is not asked how far
    private const int Most = 1_000;

    private readonly Lock _gate = new();
    private readonly Queue<(long At, long Position)> _written = new();
    private long? _upTo;

    /// <summary>How far it is behind at most; null when that is not known.</summary>
    public TimeSpan? Lag
    {
        get
        {
            lock (_gate)
                return _upTo is { } at ? timeProvider.GetElapsedTime(at) : null;
        }
    }

    /// <summary>The primary was at this place of its log at that time, or later than it.</summary>
    public void Written(long at, long position)
    {
        lock (_gate)
        {
            _written.Enqueue((at, position));
            if (_written.Count > Most)
                _written.Dequeue();
        }
    }

    /// <summary>The replica has everything up to this place.</summary>
    public void Replayed(long position)
    {
        lock (_gate)
        {
            while (_written.TryPeek(out var next) && next.Position <= position)
                _upTo = _written.Dequeue().At;
        }
    }

    /// <summary>Nothing is known of it any more.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _upTo = null;
            _written.Clear();
        }
    }
}
