using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>Remove what publishing has left behind.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record CleanUpPublishing(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("clean-up-publishing", 1, JobWorker.Dispatch, JobPriority.VeryLow);

    /// <summary>Only for the log: what is removed is removed.</summary>
    public string IdempotencyKey => $"clean-up-publishing:{Id}";
}

/// <summary>
/// Removes claims that have ended, which only make the index of claims longer, and the attempts of what is done and the counts of accounts
/// that are older than <see cref="PublishingOptions.HistoryDays"/>. Of all users, some thousand rows at a time.
/// </summary>
internal sealed class CleanUpPublishingHandler(NpgsqlDataSource dataSource, IOptions<PublishingOptions> options, TimeProvider timeProvider)
    : IJobHandler<CleanUpPublishing>
{
    private const int Batch = 5_000;
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(1);

    // sending stays claimed: that its claim has ended says that it is in doubt
    private const string ClaimsSql =
        """
        UPDATE social_post_targets SET claim = NULL, claimed_until = NULL
        WHERE id = ANY (ARRAY(
            SELECT id FROM social_post_targets
            WHERE claim IS NOT NULL AND claimed_until < $1 AND state <> 'sending' LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED))
        """;

    private const string AttemptsSql =
        """
        DELETE FROM social_attempts
        WHERE ctid = ANY (ARRAY(
            SELECT a.ctid FROM social_attempts a JOIN social_post_targets t ON t.id = a.target_id
            WHERE a.ended_at < $1 AND t.state IN ('published', 'failed', 'cancelled', 'deleted') LIMIT $2))
        """;

    private const string DaysSql =
        """
        DELETE FROM social_account_days
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM social_account_days WHERE day < ($1 AT TIME ZONE 'UTC')::date LIMIT $2))
        """;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<CleanUpPublishing>> batch, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await RunAsync(ClaimsSql, now - StaleAfter, cancellationToken);
        if (options.Value.HistoryDays is > 0 and var days)
        {
            await RunAsync(AttemptsSql, now.AddDays(-days), cancellationToken);
            await RunAsync(DaysSql, now.AddDays(-days), cancellationToken);
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private async Task RunAsync(string sql, DateTimeOffset before, CancellationToken cancellationToken)
    {
        while (await dataSource.Command(sql, before, Batch).RunAsync(cancellationToken) == Batch)
        {
            // the next of them
        }
    }
}
