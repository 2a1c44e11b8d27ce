using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Reads the mails of which notifications tell; all the jobs of a batch are one reading of each account.</summary>
internal sealed class ReadGraphChangesHandler(
    GraphAccounts accounts, GraphChangeReader reader, IOptions<SyncOptions> options, IngestMetrics metrics) : IJobHandler<ReadGraphChanges>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ReadGraphChanges>> batch, CancellationToken cancellation)
    {
        IReadOnlyList<GraphChange>[] jobs = [.. batch.Select(delivery => delivery.Job.Changes)];
        string[] subscriptions = [.. jobs.SelectMany(changes => changes).Select(change => change.SubscriptionId).Distinct()];
        var owners = await accounts.OfSubscriptionsAsync(subscriptions, cancellation);
        var groups = ChangeGroups.Of(jobs, owners.ToDictionary(owner => owner.SubscriptionId!, owner => owner.Account.Id));
        // of accounts that were disconnected, and of subscriptions that others took the place of
        var known = owners.Select(owner => owner.SubscriptionId!).ToHashSet();
        metrics.Changes("unknown", jobs.Sum(changes => changes.Count(change => !known.Contains(change.SubscriptionId))));

        var faults = new ConcurrentDictionary<Guid, ProviderFault>();
        await Parallel.ForEachAsync(
            owners.Where(owner => groups.ContainsKey(owner.Account.Id)),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentAccounts, CancellationToken = cancellation },
            async (owner, token) =>
            {
                if (await reader.ReadAsync(owner, groups[owner.Account.Id], token) is { } fault)
                    faults[owner.Account.Id] = fault;
            });
        return Outcomes(batch.Count, groups, faults);
    }

    /// <summary>
    /// What became of each job: its worst account says it. What Graph refuses or does not find is no reason to keep the job: it would
    /// be refused again, and whatever was missed is read with the account's next changes.
    /// </summary>
    internal static JobOutcome[] Outcomes(
        int jobs, IReadOnlyDictionary<Guid, AccountChanges> groups, IReadOnlyDictionary<Guid, ProviderFault> faults)
    {
        var worst = new ProviderFault?[jobs];
        foreach (var (account, fault) in faults)
        {
            foreach (var job in groups[account].Jobs)
            {
                if (fault.Kind is FaultKind.Later || (fault.Kind is FaultKind.Limited && worst[job] is not { Kind: FaultKind.Later }))
                    worst[job] = fault;
            }
        }

        return [.. worst.Select(fault => fault?.ToOutcome() ?? JobOutcome.Done)];
    }
}
