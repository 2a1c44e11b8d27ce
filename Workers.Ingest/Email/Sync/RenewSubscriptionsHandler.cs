using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Renews the subscriptions that end soon, each by itself: one account keeps no other from it. Comes again when any of them may yet
/// succeed.
/// </summary>
internal sealed class RenewSubscriptionsHandler(
    GraphAccounts accounts,
    GraphSubscribing subscribing,
    AccountRevocation revocation,
    IOptions<GraphOptions> graphOptions,
    IOptions<SyncOptions> options,
    TimeProvider time) : IJobHandler<RenewSubscriptions>
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RenewSubscriptions>> batch, CancellationToken cancellation)
    {
        var failed = new ConcurrentQueue<string>();
        var until = time.GetUtcNow().AddMinutes(graphOptions.Value.RenewBeforeMinutes);
        IReadOnlyList<GraphAccount> due;
        var after = Guid.Empty;
        do
        {
            due = await accounts.SubscribedNoLongerThanAsync(until, after, PageSize, cancellation);
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentAccounts, CancellationToken = cancellation },
                async (account, token) => await RenewAsync(account, failed, token));
            after = due.Count > 0 ? due[^1].Account.Id : after;
        }
        while (due.Count == PageSize);

        return [.. batch.Select(_ => failed.IsEmpty
            ? JobOutcome.Done
            : JobOutcome.Retry($"{failed.Count} subscriptions were not renewed: {string.Join("; ", failed.Take(3))}"))];
    }

    private async Task RenewAsync(GraphAccount account, ConcurrentQueue<string> failed, CancellationToken cancellation)
    {
        try
        {
            await subscribing.RenewAsync(account, cancellation);
        }
        catch (GraphException reason) when (reason.Failure == GraphFailure.GrantRevoked)
        {
            await revocation.RevokeAsync(account.Account.Id, reason.Grant!, reason.Message, cancellation);
        }
        catch (GraphException reason)
        {
            failed.Enqueue($"{account.Account.Id}: {reason.Message}");
        }
    }
}
