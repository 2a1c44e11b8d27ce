using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Core.Jobs;

/// <summary>Counts what this process does with jobs: for metrics at once, for <c>job_minutes</c> until it is taken.</summary>
internal sealed class JobCounters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _active = [];
    private readonly Dictionary<string, DateTimeOffset> _takenUntil = [];
    private Dictionary<(string Type, DateTimeOffset Minute), JobMinute> _minutes = [];

    /// <summary>A message of a queue came to this process.</summary>
    public void Received(JobQueue queue, DateTimeOffset publishedAt)
    {
        lock (_gate)
        {
            if (!_takenUntil.TryGetValue(queue.Name, out var before) || before < publishedAt)
                _takenUntil[queue.Name] = publishedAt;
        }
    }

    /// <summary>When the latest of the messages that came to this process was published, by queue.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> TakenUntil()
    {
        lock (_gate)
            return new Dictionary<string, DateTimeOffset>(_takenUntil);
    }

    /// <summary>A handler has them.</summary>
    public void Taken(string type, JobQueue queue, int count)
    {
        JobTelemetry.Taken(type, queue, count);
        lock (_gate)
            _active[type] = _active.GetValueOrDefault(type) + count;
    }

    /// <summary>No handler has them any more.</summary>
    public void LetGo(string type, JobQueue queue, int count)
    {
        JobTelemetry.LetGo(type, queue, count);
        lock (_gate)
            _active[type] -= count;
    }

    /// <summary>They are acknowledged.</summary>
    public void Settled(string type, JobQueue queue, IReadOnlyList<SettledJob> jobs, DateTimeOffset now)
    {
        lock (_gate)
        {
            var minute = MinuteOf(type, now);
            foreach (var (message, settlement) in jobs)
            {
                var latency = now - message.EnqueuedAt;
                minute.Add(settlement, latency);
                JobTelemetry.Settled(type, queue, settlement, latency);
            }
        }
    }

    /// <summary>How many jobs of each type handlers have now; a type stays once it was seen.</summary>
    public IReadOnlyDictionary<string, int> Active()
    {
        lock (_gate)
            return new Dictionary<string, int>(_active);
    }

    /// <summary>Takes out what was counted since the last time.</summary>
    public IReadOnlyCollection<JobMinute> TakeMinutes()
    {
        lock (_gate)
        {
            var taken = _minutes.Values;
            _minutes = [];
            return taken;
        }
    }

    /// <summary>Puts back what could not be written down.</summary>
    public void PutBack(IEnumerable<JobMinute> minutes)
    {
        lock (_gate)
        {
            foreach (var minute in minutes)
                MinuteOf(minute.Type, minute.Minute).Add(minute);
        }
    }

    private JobMinute MinuteOf(string type, DateTimeOffset at)
    {
        var minute = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        if (!_minutes.TryGetValue((type, minute), out var counts))
            _minutes.Add((type, minute), counts = new(type, minute));
        return counts;
    }
}

/// <summary>What became of the jobs of one type in one minute.</summary>
internal sealed class JobMinute(string type, DateTimeOffset minute)
{
    public string Type => type;

    public DateTimeOffset Minute => minute;

    public long Completed { get; private set; }

    public long Failed { get; private set; }

    public long Dead { get; private set; }

    /// <summary>Of the completed ones, from enqueued to settled, by <see cref="LatencyBuckets"/>.</summary>
    public long[] LatencyCounts { get; } = new long[LatencyBuckets.Count];

    public void Add(Settlement settlement, TimeSpan latency)
    {
        switch (settlement)
        {
            case Settlement.Done:
                Completed++;
                LatencyCounts[LatencyBuckets.IndexOf(latency)]++;
                break;
            case Settlement.Reschedule { IsRetry: true }:
                Failed++;
                break;
            case Settlement.Dead:
                Dead++;
                break;
            default:
                // postponed or sent on: nothing became of it yet
                break;
        }
    }

    public void Add(JobMinute other)
    {
        Completed += other.Completed;
        Failed += other.Failed;
        Dead += other.Dead;
        for (var i = 0; i < LatencyCounts.Length; i++)
            LatencyCounts[i] += other.LatencyCounts[i];
    }
}

/// <summary>Latencies counted by range, so that those of all processes and minutes can be added up.</summary>
internal static class LatencyBuckets
{
    // upper bounds in ms, inclusive; what is longer is in one more bucket. job_minutes holds counts by these: only ever add at the end.
    private static readonly int[] _bounds =
    [
        1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000,
        15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
    ];

    public static int Count => _bounds.Length + 1;

    public static int IndexOf(TimeSpan latency)
    {
        var index = Array.BinarySearch(_bounds, (int)Math.Clamp(Math.Ceiling(latency.TotalMilliseconds), 0, int.MaxValue));
        return index >= 0 ? index : ~index;
    }

    /// <summary>The latency in ms that this part of all counted ones (0 to 1) did not exceed; null when nothing was counted.
    /// Within a bucket they are taken to be spread evenly; in the last one its lower bound is all that is known.</summary>
    public static double? Percentile(IReadOnlyList<long> counts, double part)
    {
        var rank = part * counts.Sum();
        if (rank <= 0)
            return null;
        for (var i = 0; i < _bounds.Length && i < counts.Count; i++)
        {
            if (rank <= counts[i])
            {
                double lower = i == 0 ? 0 : _bounds[i - 1];
                return lower + ((_bounds[i] - lower) * rank / counts[i]);
            }

            rank -= counts[i];
        }

        return _bounds[^1];
    }
}

/// <summary>Writes down what this process counted, and that it is alive, about once a second. A failure costs nothing: it adds
/// up.</summary>
internal sealed class JobCountersFlush(
    JobCounters counters, NpgsqlDataSource dataSource, IOptions<JobOptions> options, TimeProvider timeProvider,
    ILogger<JobCountersFlush> logger)
    : ResilientLoop(timeProvider, logger)
{
    private const string MinuteSql =
        """
        INSERT INTO job_minutes (type, minute, completed, failed, dead, latency_counts) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (type, minute) DO UPDATE SET
            completed = job_minutes.completed + excluded.completed,
            failed = job_minutes.failed + excluded.failed,
            dead = job_minutes.dead + excluded.dead,
            latency_counts = (
                SELECT array_agg(coalesce(old, 0) + coalesce(new, 0) ORDER BY bucket)
                FROM unnest(job_minutes.latency_counts, excluded.latency_counts) WITH ORDINALITY AS counts (old, new, bucket))
        """;

    private const string ProcessSql =
        """
        INSERT INTO job_processes (process_id, type, active, seen_at)
        SELECT $1, type, active, $2 FROM unnest($3, $4) AS now (type, active)
        ON CONFLICT (process_id, type) DO UPDATE SET active = excluded.active, seen_at = excluded.seen_at
        """;

    // see QueueStates; one that has not moved costs no write
    private const string TakenSql =
        """
        INSERT INTO job_queues AS q (queue, taken_until)
        SELECT queue, taken_until FROM unnest($1, $2) AS now (queue, taken_until) ORDER BY queue
        ON CONFLICT (queue) DO UPDATE SET taken_until = excluded.taken_until WHERE q.taken_until < excluded.taken_until
        """;

    // of processes that crashed
    private const string ForgetSql = "DELETE FROM job_processes WHERE seen_at < $1";

    private static readonly TimeSpan _forgetAfter = TimeSpan.FromMinutes(1);

    private readonly Guid _processId = Guid.CreateVersion7(timeProvider.GetUtcNow());

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return TimeSpan.FromMilliseconds(options.Value.StatsFlushMs);
    }

    // the worker, registered later, has stopped by now: these are the last counts
    protected override Task FinishAsync() => FlushAsync(CancellationToken.None);

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var minutes = counters.TakeMinutes();
        try
        {
            await WriteAsync(minutes, cancellationToken);
        }
        catch
        {
            counters.PutBack(minutes);
            throw;
        }
    }

    private async Task WriteAsync(IReadOnlyCollection<JobMinute> minutes, CancellationToken cancellationToken)
    {
        var (active, taken) = (counters.Active(), counters.TakenUntil());
        if (active.Count == 0 && minutes.Count == 0 && taken.Count == 0)
            return;
        var now = TimeProvider.GetUtcNow();
        await using var batch = dataSource.CreateBatch();
        // always in the same order, or two processes could wait for each other
        foreach (var minute in minutes.OrderBy(minute => minute.Type, StringComparer.Ordinal).ThenBy(minute => minute.Minute))
            Add(MinuteSql, minute.Type, minute.Minute, minute.Completed, minute.Failed, minute.Dead, minute.LatencyCounts);
        Add(ProcessSql, _processId, now, active.Keys.ToArray(), active.Values.ToArray());
        Add(TakenSql, taken.Keys.ToArray(), taken.Values.ToArray());
        Add(ForgetSql, now - _forgetAfter);
        await batch.ExecuteNonQueryAsync(cancellationToken);

        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
                command.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(command);
        }
    }
}
