using System.Collections.Concurrent;
using Switchboard.Core.FeatureFlags;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Reads the mails of which notifications tell; all the jobs of a batch are one reading of each account.</summary>
internal sealed class ReadGraphChangesHandler(
    GraphMailboxStore accounts,
    GraphChangeReader reader,
    IOptions<SyncOptions> options,
    IngestMetrics metrics) : IJobHandler<ReadGraphChanges>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ReadGraphChanges>> batch, CancellationToken cancellationToken)
    {
        IReadOnlyList<GraphChange>[] jobs = [.. batch.Select(delivery => delivery.Job.Changes)];
        string[] subscriptions = [.. jobs.SelectMany(changes => changes).Select(change => change.SubscriptionId).Distinct()];
        var owners = await accounts.OfSubscriptionsAsync(subscriptions, cancellationToken);
        var groups = ChangeGroups.Of(jobs, owners.ToDictionary(owner => owner.SubscriptionId!, owner => owner.Account.Id));
        // of accounts that were disconnected, and of subscriptions that others took the place of
        var known = owners.Select(owner => owner.SubscriptionId!).ToHashSet();
        metrics.Changes("unknown", jobs.Sum(changes => changes.Count(change => !known.Contains(change.SubscriptionId))));

        var failures = new ConcurrentDictionary<Guid, ProviderFailure>();
        await Parallel.ForEachAsync(
            owners.Where(owner => groups.ContainsKey(owner.Account.Id)),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentAccounts, CancellationToken = cancellationToken },
            async (owner, token) =>
            {
                var changes = groups[owner.Account.Id];
                var told = changes.Jobs.Select(job => batch[job]).ToArray();
                var arrival = new MailArrival(told.Min(delivery => delivery.Job.AcceptedAt), told[0].Activity?.Context);
                if (await reader.ReadAsync(owner, changes, arrival, token) is { } failure)
                    failures[owner.Account.Id] = failure;
            });
        return Outcomes(batch.Count, groups, failures);
    }

    /// <summary>
    /// What became of each job: its worst account says it. What Graph refuses or does not find is no reason to keep the job: it would
    /// be refused again, and whatever was missed is read with the account's next changes.
    /// </summary>
    internal static JobOutcome[] Outcomes(
        int jobs, IReadOnlyDictionary<Guid, AccountChanges> groups, IReadOnlyDictionary<Guid, ProviderFailure> failures)
    {
        var worst = new ProviderFailure?[jobs];
        foreach (var (account, failure) in failures)
        {
            foreach (var job in groups[account].Jobs)
            {
                if (failure.MayPass() || (failure.Kind == FailureKind.Throttled && worst[job]?.MayPass() is not true))
                    worst[job] = failure;
            }
        }

        return [.. worst.Select(failure => failure?.ToOutcome() ?? JobOutcome.Done)];
    }
}

/// <summary>Sorts the changes of a batch of jobs by the accounts that they are of. Pure.</summary>
internal static class ChangeGroups
{
    public const string ReauthorizationRequired = "reauthorizationRequired";
    public const string SubscriptionRemoved = "subscriptionRemoved";

    /// <summary>The changes of each account.</summary>
    /// <param name="jobs">The changes of each job.</param>
    /// <param name="owners">The accounts of the subscriptions; one that is not there is nobody's any more.</param>
    public static IReadOnlyDictionary<Guid, AccountChanges> Of(
        IReadOnlyList<IReadOnlyList<GraphChange>> jobs, IReadOnlyDictionary<string, Guid> owners) =>
        jobs.Index()
            .SelectMany(job => job.Item.Select(change => (Job: job.Index, Change: change)))
            .Where(item => owners.ContainsKey(item.Change.SubscriptionId))
            .GroupBy(item => owners[item.Change.SubscriptionId])
            .ToDictionary(
                items => items.Key,
                items => new AccountChanges(
                    [.. items.Select(item => item.Change.MessageId).OfType<string>().Distinct()],
                    [.. items.Select(item => item.Change.LifecycleEvent).OfType<string>().Distinct()],
                    [.. items.Select(item => item.Job).Distinct()]));
}

/// <summary>What there is to do about an account of which notifications tell.</summary>
/// <param name="Messages">The mails that were added, each once.</param>
/// <param name="Events">What became of its subscription, each kind once.</param>
/// <param name="Jobs">The numbers of the jobs that wait for it.</param>
internal sealed record AccountChanges(IReadOnlyList<string> Messages, IReadOnlyList<string> Events, IReadOnlyList<int> Jobs);

/// <summary>
/// Reads what notifications tell of an account: a few mails by one batch, many by their changes (ENABLE_BATCH_WEBHOOKS); by the plain
/// path each mail by itself. A fault of Graph's is an answer of both paths, not a failure of one: the other would meet it too.
/// </summary>
internal sealed class GraphChangeReader(
    GraphClient graph,
    GraphFolders folders,
    GraphDelta delta,
    GraphSubscribing subscribing,
    GraphNewMail newMail,
    MailPipeline pipeline,
    AccountRevocation revocation,
    FeatureRollout rollout,
    IngestMetrics metrics)
{
    /// <summary>Reads changes.</summary>
    /// <returns>What kept it from being done; null for nothing.</returns>
    public async Task<ProviderFailure?> ReadAsync(
        GraphAccount account, AccountChanges changes, MailArrival arrival, CancellationToken cancellationToken)
    {
        if (!account.Account.IsActive)
        {
            metrics.Changes("inactive", changes.Messages.Count);
            return null;
        }

        var failure = await rollout.RunAsync(
            Feature.BatchWebhooks,
            account.Account.Id,
            optimised: token => TryAsync(() => TogetherAsync(account, changes, arrival, token)),
            plain: token => TryAsync(() => EachAsync(account, changes, arrival, token)),
            difference: null,
            cancellationToken);
        if (failure is { Kind: FailureKind.GrantRevoked })
            await revocation.RevokeAsync(account.Account.Id, failure, cancellationToken);
        return failure;
    }

    private async Task TogetherAsync(
        GraphAccount account, AccountChanges changes, MailArrival arrival, CancellationToken cancellationToken)
    {
        await LiveOnAsync(account, changes.Events, cancellationToken);
        if (changes.Events.Count > 0 || changes.Messages.Count > GraphClient.MostCalls)
        {
            await delta.ReadAsync(account.Account.Id, arrival, cancellationToken);
            metrics.Changes("read", changes.Messages.Count);
        }
        else
            await GetAsync(account, changes.Messages, arrival, cancellationToken);
    }

    private async Task EachAsync(
        GraphAccount account, AccountChanges changes, MailArrival arrival, CancellationToken cancellationToken)
    {
        await LiveOnAsync(account, changes.Events, cancellationToken);
        if (changes.Events.Count > 0)
            await delta.ReadAsync(account.Account.Id, arrival, cancellationToken);
        foreach (var message in changes.Messages)
            await GetAsync(account, [message], arrival, cancellationToken);
    }

    private async Task LiveOnAsync(GraphAccount account, IReadOnlyList<string> events, CancellationToken cancellationToken)
    {
        // who makes a new one need not authorize the old one
        if (events.Contains(ChangeGroups.SubscriptionRemoved))
            await subscribing.RecreateAsync(account, cancellationToken);
        else if (events.Contains(ChangeGroups.ReauthorizationRequired))
            await subscribing.ReauthorizeAsync(account, cancellationToken);
    }

    private async Task GetAsync(
        GraphAccount account, IReadOnlyList<string> messages, MailArrival arrival, CancellationToken cancellationToken)
    {
        var answers = await graph.BatchAsync(
            account.Account.Id, [.. messages.Select(id => new GraphCall(GraphPaths.Message(id)))], cancellationToken);
        var known = answers.Any(answer => answer.Content is { IsDraft: false })
            ? await folders.OfAsync(account.Account.Id, cancellationToken)
            : null;
        var arrivals = new List<GraphArrival>();
        var failed = new List<FailedMail>();
        ProviderFailure? failure = null;
        var gone = 0;
        foreach (var (id, answer) in messages.Zip(answers))
        {
            if (answer.Content is { } message)
            {
                if (!message.IsDraft)
                    arrivals.Add(known!.ArrivalOf(message with { Id = message.Id ?? id }, account.Account.Address, failed));
            }
            else if (answer.Failure!.Kind == FailureKind.NotFound)
                gone++; // deleted or moved meanwhile, as a draft is that was sent
            else if (answer.Failure.Kind == FailureKind.Permanent)
                failed.Add(new(id, answer.Failure.Error));
            else
                failure = answer.Failure;
        }

        var read = await newMail.ReadAsync(account, arrivals, cancellationToken);
        await pipeline.ProcessAsync(account.Account, read.Mails, failed, arrival, cancellationToken);
        metrics.Changes("read", arrivals.Count(mail => mail.Envelope is not null));
        metrics.Changes("gone", gone);
        if ((failure ?? read.Failure ?? read.Unread.Values.FirstOrDefault()) is { } reason)
            throw new ProviderException(reason);
    }

    private static async Task<ProviderFailure?> TryAsync(Func<Task> read)
    {
        try
        {
            await read();
            return null;
        }
        catch (ProviderException reason)
        {
            return reason.Failure;
        }
    }
}
