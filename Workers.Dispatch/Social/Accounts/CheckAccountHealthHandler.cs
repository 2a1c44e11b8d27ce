using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Social.Accounts;

/// <summary>
/// Asks the platforms of accounts whether they are well, which also renews their tokens in time. What is learnt is kept: handle, quota and
/// state. Only what a platform says of the account itself changes its state; an outage, a limit or a proxy that is down says nothing of it.
/// </summary>
internal sealed partial class CheckAccountHealthHandler(
    IEnumerable<ISocialPlatform> platforms, SocialAccountStore store, SocialAccountCache cache, AccountMetrics metrics,
    NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider, ILogger<CheckAccountHealthHandler> logger)
    : IJobHandler<CheckAccountHealth>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<CheckAccountHealth>> batch, CancellationToken cancellationToken)
    {
        var accounts = await store.FindAsync([.. batch.Select(one => (one.Job.UserId, one.Job.AccountId))], cancellationToken);
        return await Task.WhenAll(batch.Select(delivery => accounts.TryGetValue(delivery.Job.AccountId, out var account)
            ? CheckAsync(account, delivery.IsLastAttempt, cancellationToken)
            : Task.FromResult(JobOutcome.Done))); // disconnected meanwhile
    }

    private async Task<JobOutcome> CheckAsync(SocialAccount account, bool isLastAttempt, CancellationToken cancellationToken)
    {
        if (platforms.FirstOrDefault(platform => platform.Name == account.Platform) is not { } client)
            return JobOutcome.Dead($"There is no client of {account.Platform}.");
        try
        {
            var check = await client.CheckAsync(account, cancellationToken);
            await RecordAsync(account, transaction => KeepAsync(transaction, account, check, cancellationToken), cancellationToken);
            return JobOutcome.Done;
        }
        catch (ProviderException reason)
        {
            switch (reason.Kind)
            {
                case FailureKind.GrantRevoked:
                    await RecordAsync(
                        account,
                        async transaction =>
                            await store.RevokeAsync(transaction, account.UserId, account.Id, reason.Failure, cancellationToken)
                                ? AccountStates.NeedsAuthorization : null,
                        cancellationToken);
                    return JobOutcome.Done;
                case FailureKind.AccountBlocked:
                    await RecordAsync(
                        account,
                        async transaction =>
                            await store.ChangeStateAsync(
                                transaction, account.UserId, account.Id, AccountStates.Suspended, reason.Failure.Error, null,
                                cancellationToken)
                                ? AccountStates.Suspended : null,
                        cancellationToken);
                    return JobOutcome.Done;
                case FailureKind.Transient or FailureKind.UnknownOutcome when !isLastAttempt:
                    return JobOutcome.Retry(reason.Failure.Error, reason.Failure.RetryAfter);
                default:
                    // it says nothing of the account, and the next check is not far
                    Log.NotChecked(logger, account.Id, reason);
                    return JobOutcome.Done;
            }
        }
    }

    // the state that it came to, if that is another; an empty one: something else of it has changed
    private async Task<string?> KeepAsync(
        NpgsqlTransaction transaction, SocialAccount account, AccountCheck check, CancellationToken cancellationToken)
    {
        var quota = check.Quota is { } told ? new AccountQuota(told.Used, told.Limit, told.ResetsAt) : null;
        var isNew = await SocialAccountStore.CheckedAsync(
            transaction, account, check.Handle, check.DisplayName, quota, timeProvider.GetUtcNow(), cancellationToken);
        if (check.Limits is { } limits)
            await limits.KeepAsync(transaction, account.Server, cancellationToken);
        return await store.RestoreAsync(transaction, account.UserId, account.Id, "Its platform takes its authorization.", cancellationToken)
            ? AccountStates.Active
            : isNew ? "" : null;
    }

    private async Task RecordAsync(
        SocialAccount account, Func<NpgsqlTransaction, Task<string?>> write, CancellationToken cancellationToken)
    {
        string? state;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            state = await write(transaction);
            await outbox.CommitAsync(
                transaction, [new(new ScoreAccounts(Guid.CreateVersion7(timeProvider.GetUtcNow()), account.UserId, [account.Id]))],
                cancellationToken);
        }

        if (state is null)
            return;
        await cache.ForgetAsync(account.UserId, account.Id, CancellationToken.None);
        if (state.Length == 0)
            return;
        metrics.Changed(account.Platform, state);
        Log.Changed(logger, account.Id, state);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} is {State} now")]
        public static partial void Changed(ILogger logger, Guid accountId, string state);

        [LoggerMessage(Level = LogLevel.Information, Message = "Account {AccountId} could not be checked: {Reason}")]
        public static partial void NotChecked(ILogger logger, Guid accountId, Redacted reason);
    }
}
