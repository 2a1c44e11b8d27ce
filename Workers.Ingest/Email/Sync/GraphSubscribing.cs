using Microsoft.Extensions.Options;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Sees to it that Graph tells of what changes in an account; where it does not, the account is polled.</summary>
internal sealed partial class GraphSubscribing(
    GraphSubscriptions subscriptions, GraphAccounts accounts, IOptions<GraphOptions> options, TimeProvider time, ILogger<GraphSubscribing> logger)
{
    /// <summary>Keeps a subscription that lasts, renews one that ends soon, begins one where there is none (any more).</summary>
    /// <exception cref="GraphException">Graph did not do it, and may later.</exception>
    public async Task EnsureAsync(GraphAccount account, CancellationToken cancellation)
    {
        if (!subscriptions.IsConfigured || account.SubscriptionExpiresAt > time.GetUtcNow().AddMinutes(options.Value.RenewBeforeMinutes))
            return;
        await RenewAsync(account, cancellation);
    }

    /// <summary>Renews a subscription, or begins one where there is none (any more).</summary>
    /// <exception cref="GraphException">Graph did not do it, and may later.</exception>
    public async Task RenewAsync(GraphAccount account, CancellationToken cancellation)
    {
        if (!subscriptions.IsConfigured)
            return;
        try
        {
            if (account.SubscriptionId is null || !await TryRenewAsync(account, account.SubscriptionId, cancellation))
                await CreateAsync(account, cancellation);
        }
        catch (GraphException reason) when (reason.Failure is GraphFailure.Refused or GraphFailure.NotFound)
        {
            // asked again with the next look for subscriptions to renew
            Log.NotSubscribed(logger, account.Account.Id, reason.Message);
        }
    }

    /// <summary>Begins another one, whatever became of the one before.</summary>
    /// <exception cref="GraphException">Graph did not do it, and may later.</exception>
    public Task RecreateAsync(GraphAccount account, CancellationToken cancellation) =>
        RenewAsync(account with { SubscriptionId = null }, cancellation);

    /// <summary>Says that we still may see what changes, and renews.</summary>
    /// <exception cref="GraphException">Graph did not do it, and may later.</exception>
    public async Task ReauthorizeAsync(GraphAccount account, CancellationToken cancellation)
    {
        try
        {
            if (account.SubscriptionId is { } id)
                await subscriptions.ReauthorizeAsync(account.Account.Id, id, cancellation);
        }
        catch (GraphException reason) when (reason.Failure is GraphFailure.Refused or GraphFailure.NotFound)
        {
            // renewing it does the same, and finds out if it is gone
            Log.NotReauthorized(logger, account.Account.Id, reason.Message);
        }

        await RenewAsync(account, cancellation);
    }

    private async Task<bool> TryRenewAsync(GraphAccount account, string id, CancellationToken cancellation)
    {
        try
        {
            var renewed = await subscriptions.RenewAsync(account.Account.Id, id, cancellation);
            await accounts.SubscribedAsync(account.Account.Id, id, renewed.ExpirationDateTime, cancellation);
            return true;
        }
        catch (GraphException reason) when (reason.Failure == GraphFailure.NotFound)
        {
            return false;
        }
    }

    private async Task CreateAsync(GraphAccount account, CancellationToken cancellation)
    {
        var made = await subscriptions.CreateAsync(account.Account.Id, cancellation);
        await accounts.SubscribedAsync(account.Account.Id, made.Id, made.ExpirationDateTime, cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Account {AccountId} is polled only, Graph will not tell of its mail: {Reason}")]
        public static partial void NotSubscribed(ILogger logger, Guid accountId, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The subscription of account {AccountId} was not authorized again: {Reason}")]
        public static partial void NotReauthorized(ILogger logger, Guid accountId, string reason);
    }
}
