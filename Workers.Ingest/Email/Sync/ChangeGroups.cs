using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Email.Sync;

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
