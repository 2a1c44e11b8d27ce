using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Workers.Dispatch.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// Changes accounts as their platforms say: limited for a time, to be authorized again, locked. After the record of the post, in a commit
/// of its own: if that does not come about, the next post is told the same.
/// </summary>
internal sealed partial class AccountChanges(
    NpgsqlDataSource dataSource, SocialAccountStore store, SocialAccountCache cache, JobOutbox outbox, AccountMetrics metrics,
    TimeProvider timeProvider, ILogger<AccountChanges> logger)
{
    public async Task ApplyAsync(
        Guid userId, Guid accountId, string platform, AccountChange change, CancellationToken cancellationToken)
    {
        try
        {
            if (!await WriteAsync(userId, accountId, change, cancellationToken))
                return;
            // it is changed, also when the caller has gone
            await cache.ForgetAsync(userId, accountId, CancellationToken.None);
            metrics.Changed(platform, change.State);
        }
        catch (Exception reason) when (DatabaseFailure.IsUnavailable(reason))
        {
            Log.NotChanged(logger, accountId, change.State, reason);
        }
    }

    private async Task<bool> WriteAsync(Guid userId, Guid accountId, AccountChange change, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isChanged = change.Failure.Kind == FailureKind.GrantRevoked && change.State == AccountStates.NeedsAuthorization
            ? await store.RevokeAsync(transaction, userId, accountId, change.Failure, cancellationToken)
            : await store.ChangeStateAsync(
                transaction, userId, accountId, change.State, change.Failure.Error, change.Until, cancellationToken);
        // its health is another at once
        OutgoingJob[] follows = isChanged
            ? [new(new ScoreAccounts(Guid.CreateVersion7(timeProvider.GetUtcNow()), userId, [accountId]))]
            : [];
        await outbox.CommitAsync(transaction, follows, cancellationToken);
        return isChanged;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} could not be made {State}: {Reason}")]
        public static partial void NotChanged(ILogger logger, Guid accountId, string state, Redacted reason);
    }
}
