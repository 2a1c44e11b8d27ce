using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// Deletes published posts at their platforms. To delete twice does no harm: nothing is claimed, and what is gone is deleted. Where the
/// platform does not take the account's authorization any more, the post stays published and says that the account is to be connected
/// again.
/// </summary>
internal sealed class DeletePostHandler(
    NpgsqlDataSource dataSource, SocialAccountStore accounts, AccountChanges changes, IEnumerable<ISocialPlatform> platforms,
    TimeProvider timeProvider)
    : IJobHandler<DeletePost>
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, ISocialPlatform> _platforms = platforms.ToDictionary(platform => platform.Name);

    private const string FindSql =
        """
        SELECT post_id, account_id, platform, remote_id
        FROM social_post_targets
        WHERE id = $1 AND user_id = $2 AND state = 'published' AND remote_id IS NOT NULL
        """;

    private const string LockPostSql = "SELECT FROM social_posts WHERE id = $1 AND user_id = $2 FOR NO KEY UPDATE";

    private const string SettleSql =
        """
        UPDATE social_post_targets SET state = $3, reason = NULL, error = $4::text, updated_at = $5
        WHERE id = $1 AND user_id = $2 AND state = 'published'
        """;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<DeletePost>> batch, CancellationToken cancellationToken) =>
        await Task.WhenAll(batch.Select(delivery => DeleteAsync(delivery, cancellationToken)));

    private async Task<JobOutcome> DeleteAsync(JobDelivery<DeletePost> delivery, CancellationToken cancellationToken)
    {
        var job = delivery.Job;
        var target = await dataSource.Command(FindSql, job.TargetId, job.UserId)
            .FirstAsync(row => new Published(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3)), cancellationToken);
        if (target is null || await accounts.FindAsync(job.UserId, target.AccountId, cancellationToken) is not { } account)
            return JobOutcome.Done;
        try
        {
            await _platforms[target.Platform].DeleteAsync(account, target.RemoteId, cancellationToken);
            await SettleAsync(job, target, TargetStates.Deleted, null, cancellationToken);
            return JobOutcome.Done;
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.Throttled)
        {
            return JobOutcome.Snooze(reason.Failure.RetryAfter ?? Again, reason.Failure.Error);
        }
        catch (ProviderException reason) when (reason.Failure.IsOutage && !delivery.IsLastAttempt)
        {
            return JobOutcome.Retry(reason.Failure.Error, reason.Failure.RetryAfter);
        }
        catch (ProviderException reason)
        {
            var change = AccountChange.Of(reason.Failure);
            if (change is not null)
                await changes.ApplyAsync(job.UserId, target.AccountId, target.Platform, change, cancellationToken);
            var error = change?.State == AccountStates.NeedsAuthorization
                ? PostDeletion.ConnectFirst
                : $"It could not be deleted: {reason.Failure.Error}";
            await SettleAsync(job, target, TargetStates.Published, error, cancellationToken);
            return JobOutcome.Dead(reason.Failure.Error);
        }
    }

    private async Task SettleAsync(DeletePost job, Published target, string state, string? error, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.Command(LockPostSql, target.PostId, job.UserId).RunAsync(cancellationToken);
        await transaction.Command(SettleSql, job.TargetId, job.UserId, state, error is null ? null : StorableText.From(error), now)
            .RunAsync(cancellationToken);
        await PostState.DeriveAsync(transaction, [(job.UserId, target.PostId)], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private sealed record Published(Guid PostId, Guid AccountId, string Platform, string RemoteId);
}
