using System.Text.Json.Serialization;
using Npgsql;

namespace Switchboard.Core.Jobs;

/// <summary>How the jobs of all processes are doing, type by type.</summary>
public sealed class JobStats
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly QueueStates _queues;
    private readonly TimeProvider _timeProvider;

    internal JobStats(NpgsqlDataSource dataSource, QueueStates queues, TimeProvider timeProvider)
    {
        _dataSource = dataSource;
        _queues = queues;
        _timeProvider = timeProvider;
    }

    /// <summary>One for each of <see cref="JobTypes.All"/>, and for each other type that has left a trace.</summary>
    public async Task<IReadOnlyList<JobTypeStats>> GetAsync(CancellationToken cancellationToken)
    {
        var now = _timeProvider.GetUtcNow();
        var counts = await ReadJobCounts.ExecuteAsync(_dataSource, now, cancellationToken);
        var known = JobTypes.All.ToDictionary(type => type.Name, type => JobQueue.Of(type.Worker, type.Priority).Name);
        var names = known.Keys.Concat(counts.Keys.Order(StringComparer.Ordinal)).Distinct().ToArray();
        var queues = await _queues.ReadAsync(known.Values.Distinct(), cancellationToken);
        var notAllScheduled = counts.Values.Sum(count => count.Scheduled) >= ReadJobCounts.AtMost;
        return [.. names.Select(name => Stats(name, known.GetValueOrDefault(name), counts.GetValueOrDefault(name, JobCounts.None)))];

        JobTypeStats Stats(string name, string? queue, JobCounts count)
        {
            var seconds = 60 + (now.TimeOfDay.TotalSeconds % 60);
            var state = queue is null ? null : queues?.GetValueOrDefault(queue);
            return new(
                name,
                queue ?? "",
                state?.Depth,
                state?.Consumers,
                count.Active,
                count.Scheduled,
                count.Completed,
                count.Failed,
                count.Dead,
                Math.Round(count.RecentlyCompleted / seconds, 2),
                Math.Round(count.RecentlyFailed / seconds, 2),
                new(Percentile(0.50), Percentile(0.95), Percentile(0.99)))
            {
                Started = count.Completed + count.Failed + count.GivenUp + count.Active,
                OldestAgeSeconds = state?.OldestAge is { } age ? Math.Round(age.TotalSeconds, 1) : null,
                CountedUpTo = notAllScheduled || count.Dead >= ReadJobCounts.AtMost ? ReadJobCounts.AtMost : null,
            };

            double? Percentile(double part) =>
                LatencyBuckets.Percentile(count.Latencies, part) is { } ms ? Math.Round(ms, 1) : null;
        }
    }

    /// <summary>
    /// How many messages wait for a worker in the queues of these types, those of other types in them included; null while the broker is
    /// unavailable. Cheaper than all of <see cref="GetAsync"/>.
    /// </summary>
    public Task<long?> ReadyAsync(IEnumerable<JobType> types, CancellationToken cancellationToken) =>
        _queues.DepthAsync(types.Select(type => JobQueue.Of(type.Worker, type.Priority).Name).Distinct(), cancellationToken);
}

/// <summary>How the jobs of one type are doing.</summary>
/// <param name="Type">The type's name.</param>
/// <param name="Queue">The queue that its jobs go to unless they say otherwise.</param>
/// <param name="Ready">Messages in that queue that wait for a worker, those of other types in it included; null while the broker is
/// unavailable.</param>
/// <param name="Consumers">Processes that take from that queue. 0 when none runs, or the broker cannot start its queue; null while the
/// broker is unavailable.</param>
/// <param name="Active">Jobs that handlers have at the moment.</param>
/// <param name="Scheduled">Jobs that wait for their time or their next attempt, recurring ones included.</param>
/// <param name="Completed">Completed within the last 24 hours.</param>
/// <param name="Failed">Attempts within the last 24 hours that failed and were or will be made again.</param>
/// <param name="Dead">Given up and still in <c>dead_jobs</c>.</param>
/// <param name="CompletedPerSecond">Over the current minute and the one before.</param>
/// <param name="FailedPerSecond">Over the current minute and the one before.</param>
/// <param name="LatencyMs">Of those completed within the last hour, from enqueued to settled.</param>
public sealed record JobTypeStats(
    string Type,
    [property: JsonPropertyName("lane")] string Queue,
    long? Ready,
    long? Consumers,
    long Active,
    long Scheduled,
    long Completed,
    long Failed,
    long Dead,
    double CompletedPerSecond,
    double FailedPerSecond,
    JobLatency LatencyMs)
{
    /// <summary>Attempts that were begun within the last 24 hours: those that completed, failed or were given up, and those under
    /// way.</summary>
    public long Started { get; init; }

    /// <summary>For how many seconds the oldest message that waits in that queue has waited at most, 0 when none waits; null while the
    /// broker is unavailable.</summary>
    public double? OldestAgeSeconds { get; init; }

    /// <summary>Set when there are more waiting jobs, or dead ones of this type, than are counted: <see cref="Scheduled"/> and
    /// <see cref="Dead"/> are then the least there are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CountedUpTo { get; init; }
}

/// <summary>Latencies in milliseconds, as exact as the ranges they are counted by; null when there was nothing to count.</summary>
/// <param name="P50">Half were as quick as this.</param>
/// <param name="P95">95 % were.</param>
/// <param name="P99">99 % were.</param>
public sealed record JobLatency(double? P50, double? P95, double? P99);

/// <summary>What the tables say of one job type.</summary>
internal sealed record JobCounts(
    long Active,
    long Scheduled,
    long Dead,
    long Completed,
    long Failed,
    long RecentlyCompleted,
    long RecentlyFailed,
    long GivenUp,
    IReadOnlyList<long> Latencies)
{
    public static JobCounts None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, []);
}

/// <summary>Adds up what all processes have counted, by job type.</summary>
internal static class ReadJobCounts
{
    /// <summary>No more rows than this are counted of the waiting jobs, and of the dead ones of a type: what there can be millions of
    /// is not read as a whole to be shown on a page.</summary>
    public const int AtMost = 10_000;

    // more names than this can only come from poison
    private const int MostTypes = 1_000;

    // $1: a day ago, $2: an hour ago, $3: the start of the minute before this one, $4: who was not seen since is gone
    public static readonly string Sql =
        $$"""
        WITH RECURSIVE minutes AS (
            SELECT type, sum(completed)::bigint AS completed, sum(failed)::bigint AS failed, sum(dead)::bigint AS given_up,
                   coalesce(sum(completed) FILTER (WHERE minute >= $3), 0)::bigint AS recently_completed,
                   coalesce(sum(failed) FILTER (WHERE minute >= $3), 0)::bigint AS recently_failed
            FROM job_minutes WHERE minute > $1 GROUP BY type
        ), buckets AS (
            SELECT type, bucket, sum(count)::bigint AS count
            FROM job_minutes, unnest(latency_counts) WITH ORDINALITY AS counts (count, bucket)
            WHERE minute > $2 GROUP BY type, bucket
        ), latencies AS (
            SELECT type, array_agg(count ORDER BY bucket) AS latencies FROM buckets GROUP BY type
        ), active AS (
            SELECT type, sum(active)::bigint AS active FROM job_processes WHERE seen_at > $4 GROUP BY type
        ), scheduled AS (
            -- the next to be due, by idx_scheduled_jobs_due
            SELECT type, count(*) AS scheduled
            FROM (SELECT type FROM scheduled_jobs ORDER BY due_at, id LIMIT {{AtMost}}) AS next GROUP BY type
        ), dead_types (type) AS (
            -- from name to name, by idx_dead_jobs_type_died
            (SELECT type FROM dead_jobs ORDER BY type LIMIT 1)
            UNION ALL
            SELECT (SELECT later.type FROM dead_jobs AS later WHERE later.type > dead_types.type ORDER BY later.type LIMIT 1)
            FROM dead_types WHERE dead_types.type IS NOT NULL
        ), dead AS (
            SELECT type, (
                SELECT count(*) FROM (
                    SELECT FROM dead_jobs WHERE dead_jobs.type = listed.type ORDER BY died_at DESC, id DESC
                      LIMIT {{AtMost}}) AS latest) AS dead
            FROM (SELECT type FROM dead_types WHERE type IS NOT NULL LIMIT {{MostTypes}}) AS listed
        )
        SELECT type, coalesce(active, 0), coalesce(scheduled, 0), coalesce(dead, 0), coalesce(completed, 0), coalesce(failed, 0),
               coalesce(recently_completed, 0), coalesce(recently_failed, 0), coalesce(given_up, 0),
               coalesce(latencies, '{}')
        FROM minutes
        FULL JOIN latencies USING (type)
        FULL JOIN active USING (type)
        FULL JOIN scheduled USING (type)
        FULL JOIN dead USING (type)
        """;

    private static readonly TimeSpan _gone = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyDictionary<string, JobCounts>> ExecuteAsync(
        NpgsqlDataSource dataSource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute)).ToUniversalTime();
        await using var command = dataSource.CreateCommand(Sql);
        foreach (var since in new[] { now.AddDays(-1), now.AddHours(-1), minute.AddMinutes(-1), now - _gone })
            command.Parameters.Add(new() { Value = since.ToUniversalTime() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<string, JobCounts>();
        while (await row.ReadAsync(cancellationToken))
        {
            counts.Add(row.GetString(0), new(
                row.GetInt64(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7),
                row.GetInt64(8),
                row.GetFieldValue<long[]>(9)));
        }

        return counts;
    }
}
