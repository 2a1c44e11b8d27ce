using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Social.Accounts;

/// <summary>End the warm-ups and limits of accounts that are over, and have those checked that are due. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record ReviewAccounts(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("review-accounts", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Only for the log: what has ended ends no second time.</summary>
    public string IdempotencyKey => $"review-accounts:{Id}";
}

/// <summary>Reviews a part of the accounts at a time, until none is left that something is due of.</summary>
internal sealed class ReviewAccountsHandler(AccountReview review) : IJobHandler<ReviewAccounts>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ReviewAccounts>> batch, CancellationToken cancellationToken)
    {
        while (await review.RunAsync(cancellationToken))
        {
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }
}

/// <summary>What is due of accounts, of all users; each part is one transaction, with the jobs that follow from it.</summary>
internal sealed class AccountReview(
    NpgsqlDataSource dataSource, JobOutbox outbox, SocialAccountCache cache, AccountMetrics metrics, IOptions<AccountCheckOptions> options,
    TimeProvider timeProvider)
{
    private const int ChunkSize = 500;

    // idx_accounts_warmup_end, idx_accounts_limit_end: of accounts in a state those whose time in it is over
    private static string EndSql(string state, string endsAt, string reason) =>
        $"""
        WITH ended AS (
            UPDATE social_accounts SET state = CASE WHEN warmup_ends_at > $1 THEN 'warming' ELSE 'active' END,
                state_reason = NULL, state_until = NULL, state_changed_at = $1, updated_at = $1
            WHERE id = ANY (ARRAY(
                SELECT id FROM social_accounts WHERE state = '{state}' AND {endsAt} <= $1
                ORDER BY {endsAt} LIMIT $2 FOR UPDATE SKIP LOCKED))
            RETURNING id, user_id, platform, state),
        noted AS (
            INSERT INTO social_account_states (account_id, at, state, reason)
            SELECT id, $1, state, '{reason}' FROM ended
            ON CONFLICT (account_id, at) DO UPDATE SET state = excluded.state, reason = excluded.reason)
        SELECT user_id, id, platform, state FROM ended
        """;

    private static readonly string EndWarmupsSql = EndSql("warming", "warmup_ends_at", "Its warm-up has ended.");
    private static readonly string EndLimitsSql = EndSql("limited", "state_until", "Its limit is over.");

    // idx_accounts_next_check; spread, so that those that were connected together are not checked together for ever
    private const string DueSql =
        """
        UPDATE social_accounts SET next_health_check_at = $1 + $3 * (0.9 + 0.2 * random())
        WHERE id = ANY (ARRAY(
            SELECT id FROM social_accounts
            WHERE state IN ('connecting', 'warming', 'active', 'limited') AND next_health_check_at <= $1
            ORDER BY next_health_check_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        RETURNING user_id, id, platform, state
        """;

    /// <summary>Does a part of what is due; whether there may be more.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        List<Reviewed> changed =
        [
            .. await transaction.Command(EndWarmupsSql, now, ChunkSize).ListAsync(Reviewed.Read, cancellationToken),
            .. await transaction.Command(EndLimitsSql, now, ChunkSize).ListAsync(Reviewed.Read, cancellationToken),
        ];
        var due = await transaction.Command(DueSql, now, ChunkSize, TimeSpan.FromMinutes(options.Value.AccountCheckMinutes))
            .ListAsync(Reviewed.Read, cancellationToken);
        await outbox.CommitAsync(
            transaction,
            [
                .. due.Select(one => new OutgoingJob(new CheckAccountHealth(Guid.CreateVersion7(now), one.UserId, one.AccountId))),
                .. changed.GroupBy(one => one.UserId).Select(group => new OutgoingJob(
                    new ScoreAccounts(Guid.CreateVersion7(now), group.Key, [.. group.Select(one => one.AccountId)]))),
            ],
            cancellationToken);
        foreach (var one in changed)
        {
            metrics.Changed(one.Platform, one.State);
            await cache.ForgetAsync(one.UserId, one.AccountId, CancellationToken.None);
        }

        return changed.Count >= ChunkSize || due.Count == ChunkSize;
    }

    private sealed record Reviewed(Guid UserId, Guid AccountId, string Platform, string State)
    {
        public static Reviewed Read(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3));
    }
}
