using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>Look for posts that should have been sent and were not.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record SweepPosts(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("sweep-posts", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Only for the log: what was found is found no more.</summary>
    public string IdempotencyKey => $"sweep-posts:{Id}";
}

/// <summary>Sweeps once for all jobs of a batch.</summary>
internal sealed class SweepPostsHandler(PublishSweep sweep) : IJobHandler<SweepPosts>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<SweepPosts>> batch, CancellationToken cancellationToken)
    {
        await sweep.RunAsync(cancellationToken);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }
}

/// <summary>
/// Finds targets that nobody has looked at though their time came long ago, whatever became of their jobs, has them looked at, and says so.
/// What is found is to be published late, or read back; a job that was only slow does nothing when it comes.
/// </summary>
internal sealed partial class PublishSweep(
    NpgsqlDataSource dataSource,
    PublishTargetStore targets,
    JobOutbox outbox,
    PublishMetrics metrics,
    IOptions<PublishingOptions> options,
    TimeProvider timeProvider,
    ILogger<PublishSweep> logger)
{
    private const int Batch = 500;

    private const string FindSql =
        """
        SELECT id, user_id, next_attempt_at
        FROM social_post_targets
        WHERE state IN ('pending', 'waiting', 'preparing', 'ready', 'sending', 'unknown') AND next_attempt_at < $1
          AND (claimed_until IS NULL OR claimed_until < $1)
        ORDER BY next_attempt_at
        LIMIT $2
        FOR NO KEY UPDATE SKIP LOCKED
        """;

    /// <summary>Looks for all of them.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (count, oldest) = (0, DateTimeOffset.MaxValue);
        for (var found = Batch; found == Batch; count += found)
            (found, oldest) = await SweepAsync(oldest, cancellationToken);
        if (count > 0)
            Log.Swept(logger, count, oldest);
        metrics.Swept(count);
        return count;
    }

    private async Task<(int Found, DateTimeOffset Oldest)> SweepAsync(DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        var found = await transaction.Command(FindSql, now - TimeSpan.FromSeconds(options.Value.SweepAfterSeconds), Batch)
            .ListAsync(row => (Id: row.GetGuid(0), UserId: row.GetGuid(1), At: row.GetFieldValue<DateTimeOffset>(2)), cancellationToken);
        if (found.Count == 0)
            return (0, oldest);
        var jobs = await targets.LookNowAsync(transaction, found.ConvertAll(target => (target.Id, target.UserId)), now, cancellationToken);
        await outbox.CommitAsync(transaction, jobs, cancellationToken);
        return (found.Count, found[0].At < oldest ? found[0].At : oldest);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "{Count} posts should have been looked at and were not, the first at {Oldest}; they are looked at now")]
        public static partial void Swept(ILogger logger, int count, DateTimeOffset oldest);
    }
}
