using System.Collections.Concurrent;
using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphChanges;

/// <summary>The subscriptions that there are; one that has expired is gone.</summary>
internal sealed class Subscriptions(TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, Subscription> _byId = new();

    public void Add(Subscription subscription) => _byId[subscription.Id] = subscription;

    public bool Remove(Guid id) => _byId.TryRemove(id, out _);

    /// <summary>One of a mailbox; null when there is none, or no more.</summary>
    public Subscription? Find(Guid id, GraphMailbox mailbox) =>
        _byId.TryGetValue(id, out var subscription) && subscription.Mailbox == mailbox && IsAlive(subscription) ? subscription : null;

    public IReadOnlyList<Subscription> Of(GraphMailbox mailbox) =>
        [.. _byId.Values.Where(subscription => subscription.Mailbox == mailbox && IsAlive(subscription)).OrderBy(subscription => subscription.Id)];

    /// <summary>Whether it is still there, so that what was to be told may be told.</summary>
    public bool Has(Subscription subscription) => _byId.ContainsKey(subscription.Id) && IsAlive(subscription);

    public void RemoveAll(GraphMailbox mailbox)
    {
        foreach (var subscription in _byId.Values.Where(subscription => subscription.Mailbox == mailbox))
        {
            Remove(subscription.Id);
        }
    }

    private bool IsAlive(Subscription subscription)
    {
        if (subscription.ExpiresAt > time.GetUtcNow())
        {
            return true;
        }

        Remove(subscription.Id);
        return false;
    }
}
