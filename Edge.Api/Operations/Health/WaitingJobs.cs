using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>Jobs of mail tracking that wait in Postgres: for their time, for another try.</summary>
/// <param name="Priority">Their priority.</param>
/// <param name="Jobs">How many; 100,000 stands for that many and more.</param>
/// <param name="OldestDueAt">When the first of them is or was due; null when there is none.</param>
internal sealed record WaitingJobs(JobPriority Priority, long Jobs, DateTimeOffset? OldestDueAt)
{
    /// <summary>Where counting ends: health is asked for every few seconds, and most of all when much waits.</summary>
    public const int CountedAtMost = 100_000;

    // idx_webhook_queue_priority, which is on these types, so they are named here; both parts read it for one priority after the other
    private const string Sql =
        """
        SELECT queue.priority, waiting.jobs, oldest.due_at
        FROM unnest('{0,1,2,3,4}'::smallint[]) AS queue (priority)
        CROSS JOIN LATERAL (
            SELECT count(*) AS jobs FROM (
                SELECT FROM scheduled_jobs
                WHERE type IN ('read-graph-changes', 'sync-emails') AND priority = queue.priority LIMIT $1) AS counted
        ) AS waiting
        CROSS JOIN LATERAL (
            SELECT min(due_at) AS due_at FROM scheduled_jobs
            WHERE type IN ('read-graph-changes', 'sync-emails') AND priority = queue.priority
        ) AS oldest
        ORDER BY queue.priority
        """;

    /// <summary>Counts them, by priority.</summary>
    public static Task<List<WaitingJobs>> ReadAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken) =>
        Command(dataSource).ListAsync(
            row => new WaitingJobs((JobPriority)row.GetInt16(0), row.GetInt64(1), row.Nullable<DateTimeOffset>(2)), cancellationToken);

    /// <summary>The statement.</summary>
    internal static NpgsqlCommand Command(NpgsqlDataSource dataSource) => dataSource.Command(Sql, CountedAtMost);
}

/// <summary>Counts what became of the webhook's jobs, by the primary key of <c>job_minutes</c>.</summary>
internal static class WebhookJobs
{
    private const int Minutes = 5;

    private const string Sql =
        "SELECT coalesce(sum(completed), 0)::bigint FROM job_minutes WHERE type = $1 AND minute >= $2 AND minute < $3";

    /// <summary>How many a minute were done, over the last five full minutes.</summary>
    public static async Task<double> PerMinuteAsync(NpgsqlDataSource dataSource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
        var done = await dataSource
            .Command(Sql, ReadGraphChanges.Type.Name, minute.AddMinutes(-Minutes), minute).ScalarAsync<long>(cancellationToken);
        return (double)done / Minutes;
    }
}
