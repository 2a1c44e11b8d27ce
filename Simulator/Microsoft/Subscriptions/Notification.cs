using System.Text.Json;

namespace Switchboard.Simulator.Microsoft;

/// <summary>Puts mails into mailboxes and sees to it that subscribers are told; and tells what becomes of their subscriptions.</summary>
internal sealed class GraphInbox(Subscriptions subscriptions, NotificationDelivery delivery, TimeProvider timeProvider)
{
    /// <summary>Puts a mail in.</summary>
    /// <returns>Null when there is one with its id.</returns>
    public AddedMail? Receive(GraphMailbox mailbox, NewGraphMail mail)
    {
        var now = timeProvider.GetUtcNow();
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

/// <summary>One item of a notification: a new mail, or what becomes of the subscription.</summary>
/// <param name="Subscription">To whom.</param>
/// <param name="Mail">The new mail; null for an event of the subscription's life.</param>
/// <param name="LifecycleEvent">reauthorizationRequired, subscriptionRemoved or missed; null for a mail.</param>
internal sealed record Notification(Subscription Subscription, MailItem? Mail, string? LifecycleEvent)
{
    public const string ReauthorizationRequired = "reauthorizationRequired";
    public const string SubscriptionRemoved = "subscriptionRemoved";
    public const string Missed = "missed";

    public static IReadOnlyList<string> LifecycleEvents { get; } = [ReauthorizationRequired, SubscriptionRemoved, Missed];

    /// <summary>Where it goes.</summary>
    public Uri Address => Mail is null ? Subscription.LifecycleUrl! : Subscription.NotificationUrl;

    /// <summary>Whether it is to be told though its subscription is gone.</summary>
    public bool Outlives => LifecycleEvent == SubscriptionRemoved;

    public void Write(Utf8JsonWriter json, Guid tenant)
    {
        json.WriteStartObject();
        json.WriteString("subscriptionId", Subscription.Id);
        json.WriteString("subscriptionExpirationDateTime", Subscription.ExpiresAt.UtcDateTime.ToString("o"));
        if (LifecycleEvent is not null)
        {
            json.WriteString("lifecycleEvent", LifecycleEvent);
            json.WriteString("resource", Subscription.Resource);
        }

        if (Mail is not null)
        {
            var path = $"Users/{Subscription.Mailbox.Ids.UserId}/Messages/{Mail.Id}";
            json.WriteString("changeType", "created");
            json.WriteString("resource", path);
            json.WriteStartObject("resourceData");
            json.WriteString("@odata.type", "#Microsoft.Graph.Message");
            json.WriteString("@odata.id", path);
            json.WriteString("@odata.etag", MessageWriter.ETag(Mail));
            json.WriteString("id", Mail.Id);
            json.WriteEndObject();
        }

        if (Subscription.ClientState is not null)
        {
            json.WriteString("clientState", Subscription.ClientState);
        }

        json.WriteString("tenantId", tenant);
        json.WriteEndObject();
    }
}
