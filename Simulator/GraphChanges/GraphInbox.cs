using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphChanges;

/// <summary>Puts mails into mailboxes and sees to it that subscribers are told; and tells what becomes of their subscriptions.</summary>
internal sealed class GraphInbox(Subscriptions subscriptions, NotificationDelivery delivery, TimeProvider time)
{
    /// <summary>Puts a mail in.</summary>
    /// <returns>Null when there is one with its id.</returns>
    public AddedMail? Receive(GraphMailbox mailbox, NewGraphMail mail)
    {
        var now = time.GetUtcNow();
        if (mailbox.Add(mail, now) is not { } added)
        {
            return null;
        }

        foreach (var subscription in mail.Silent ? [] : subscriptions.Of(mailbox))
        {
            if (subscription.Wants(added.Item.Folder, now))
            {
                delivery.Tell(new Notification(subscription, added.Item, null));
            }
        }

        return added;
    }

    /// <summary>Tells every subscription of a mailbox what becomes of it, and lets it become so.</summary>
    /// <returns>How many were told.</returns>
    public int Lifecycle(GraphMailbox mailbox, string lifecycleEvent)
    {
        var told = 0;
        foreach (var subscription in subscriptions.Of(mailbox))
        {
            subscription.IsPaused |= lifecycleEvent == Notification.ReauthorizationRequired;
            if (lifecycleEvent == Notification.SubscriptionRemoved)
            {
                subscriptions.Remove(subscription.Id);
            }

            if (subscription.LifecycleUrl is not null)
            {
                delivery.Tell(new Notification(subscription, null, lifecycleEvent));
                told++;
            }
        }

        return told;
    }
}
