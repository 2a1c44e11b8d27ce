using Npgsql;

namespace Switchboard.Core.Jobs;

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
            SELECT type, sum(completed)::bigint AS completed, sum(failed)::bigint AS failed,
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
                    SELECT FROM dead_jobs WHERE dead_jobs.type = listed.type ORDER BY died_at DESC, id DESC LIMIT {{AtMost}}) AS latest) AS dead
            FROM (SELECT type FROM dead_types WHERE type IS NOT NULL LIMIT {{MostTypes}}) AS listed
        )
        SELECT type, coalesce(active, 0), coalesce(scheduled, 0), coalesce(dead, 0), coalesce(completed, 0), coalesce(failed, 0),
               coalesce(recently_completed, 0), coalesce(recently_failed, 0), coalesce(latencies, '{}')
        FROM minutes
        FULL JOIN latencies USING (type)
        FULL JOIN active USING (type)
        FULL JOIN scheduled USING (type)
        FULL JOIN dead USING (type)
        """;

    private static readonly TimeSpan _gone = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyDictionary<string, JobCounts>> ExecuteAsync(
        NpgsqlDataSource dataSource, DateTimeOffset now, CancellationToken cancellation)
    {
        var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute)).ToUniversalTime();
        await using var command = dataSource.CreateCommand(Sql);
        foreach (var since in new[] { now.AddDays(-1), now.AddHours(-1), minute.AddMinutes(-1), now - _gone })
            command.Parameters.Add(new() { Value = since.ToUniversalTime() });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var counts = new Dictionary<string, JobCounts>();
        while (await row.ReadAsync(cancellation))
        {
            counts.Add(row.GetString(0), new(
                row.GetInt64(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7),
                row.GetFieldValue<long[]>(8)));
        }

        return counts;
    }
}
