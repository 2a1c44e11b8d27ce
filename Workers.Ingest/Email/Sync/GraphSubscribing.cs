using System.Collections.Concurrent;
using Switchboard.Core.Diagnostics;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Have Graph go on telling of new mail. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record RenewSubscriptions(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("renew-subscriptions", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: a subscription that was renewed is not due.</summary>
    public string IdempotencyKey => $"renew-subscriptions:{Id}";
}

/// <summary>
/// Renews the subscriptions that end soon, each by itself: one account keeps no other from it. Comes again when any of them may yet
/// succeed.
/// </summary>
internal sealed class RenewSubscriptionsHandler(
    GraphMailboxStore accounts,
    GraphSubscribing subscribing,
    AccountRevocation revocation,
    IOptions<GraphOptions> graphOptions,
    IOptions<SyncOptions> options,
    TimeProvider timeProvider) : IJobHandler<RenewSubscriptions>
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RenewSubscriptions>> batch, CancellationToken cancellationToken)
    {
        var failed = new ConcurrentQueue<string>();
        var until = timeProvider.GetUtcNow().AddMinutes(graphOptions.Value.RenewBeforeMinutes);
        List<GraphAccount> due;
        var after = Guid.Empty;
        do
        {
            due = await accounts.SubscribedNoLongerThanAsync(until, after, PageSize, cancellationToken);
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentAccounts, CancellationToken = cancellationToken },
                async (account, token) => await RenewAsync(account, failed, token));
            after = due.Count > 0 ? due[^1].Account.Id : after;
        }
        while (due.Count == PageSize);

        return [.. batch.Select(_ => failed.IsEmpty
            ? JobOutcome.Done
            : JobOutcome.Retry($"{failed.Count} subscriptions were not renewed: {string.Join("; ", failed.Take(3))}"))];
    }

    private async Task RenewAsync(GraphAccount account, ConcurrentQueue<string> failed, CancellationToken cancellationToken)
    {
        try
        {
            await subscribing.RenewAsync(account, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked)
        {
            await revocation.RevokeAsync(account.Account.Id, reason.Failure, cancellationToken);
        }
        catch (ProviderException reason)
        {
            failed.Enqueue($"{account.Account.Id}: {reason.Message}");
        }
    }
}

/// <summary>Sees to it that Graph tells of what changes in an account; where it does not, the account is polled.</summary>
internal sealed partial class GraphSubscribing(
    GraphClient graph,
    GraphMailboxStore accounts,
    IOptions<GraphOptions> options,
    TimeProvider timeProvider,
    ILogger<GraphSubscribing> logger)
{
    /// <summary>Keeps a subscription that lasts, renews one that ends soon, begins one where there is none (any more).</summary>
    /// <exception cref="ProviderException">Graph did not do it, and may later.</exception>
    public async Task EnsureAsync(GraphAccount account, CancellationToken cancellationToken)
    {
        if (!graph.CanSubscribe || account.SubscriptionExpiresAt > timeProvider.GetUtcNow().AddMinutes(options.Value.RenewBeforeMinutes))
            return;
        await RenewAsync(account, cancellationToken);
    }

    /// <summary>Renews a subscription, or begins one where there is none (any more).</summary>
    /// <exception cref="ProviderException">Graph did not do it, and may later.</exception>
    public async Task RenewAsync(GraphAccount account, CancellationToken cancellationToken)
    {
        if (!graph.CanSubscribe)
            return;
        try
        {
            if (account.SubscriptionId is null || !await TryRenewAsync(account, account.SubscriptionId, cancellationToken))
                await CreateAsync(account, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind is FailureKind.Permanent or FailureKind.NotFound)
        {
            // asked again with the next look for subscriptions to renew
            Log.NotSubscribed(logger, account.Account.Id, reason);
        }
    }

    /// <summary>Begins another one, whatever became of the one before.</summary>
    /// <exception cref="ProviderException">Graph did not do it, and may later.</exception>
    public Task RecreateAsync(GraphAccount account, CancellationToken cancellationToken) =>
        RenewAsync(account with { SubscriptionId = null }, cancellationToken);

    /// <summary>Says that we still may see what changes, and renews.</summary>
    /// <exception cref="ProviderException">Graph did not do it, and may later.</exception>
    public async Task ReauthorizeAsync(GraphAccount account, CancellationToken cancellationToken)
    {
        try
        {
            if (account.SubscriptionId is { } id)
                await graph.ReauthorizeAsync(account.Account.Id, id, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind is FailureKind.Permanent or FailureKind.NotFound)
        {
            // renewing it does the same, and finds out if it is gone
            Log.NotReauthorized(logger, account.Account.Id, reason);
        }

        await RenewAsync(account, cancellationToken);
    }

    private async Task<bool> TryRenewAsync(GraphAccount account, string id, CancellationToken cancellationToken)
    {
        try
        {
            var renewed = await graph.RenewSubscriptionAsync(account.Account.Id, id, cancellationToken);
            await accounts.SubscribedAsync(account.Account.Id, id, renewed.ExpirationDateTime, cancellationToken);
            return true;
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.NotFound)
        {
            return false;
        }
    }

    private async Task CreateAsync(GraphAccount account, CancellationToken cancellationToken)
    {
        var made = await graph.SubscribeAsync(account.Account.Id, cancellationToken);
        await accounts.SubscribedAsync(account.Account.Id, made.Id, made.ExpirationDateTime, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Account {AccountId} is polled only, Graph will not tell of its mail: {Reason}")]
        public static partial void NotSubscribed(ILogger logger, Guid accountId, Redacted reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The subscription of account {AccountId} was not authorized again: {Reason}")]
        public static partial void NotReauthorized(ILogger logger, Guid accountId, Redacted reason);
    }
}
