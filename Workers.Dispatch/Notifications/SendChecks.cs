using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>
/// Looks, right before a send, whether it is to be sent at all. What is over is not. And what a rule, a reminder or a program sends to a
/// mere address obeys, where that is a recipient's, what the recipient wants to have of the category <c>default</c>, and their quiet hours,
/// unless it is of the priority critical. What came of <c>POST /api/notify</c> was planned by that; what tells of a user's own account is
/// always sent. Users without recipients cost a look into memory.
/// </summary>
internal sealed class SendChecks(
    AddressOwners owners, RecipientStore recipients, PreferenceStore preferences, CategoryStore categories, TimeProvider timeProvider)
{
    /// <summary>Those that are not sent, or not yet, with what that comes to.</summary>
    public async Task<IReadOnlyDictionary<Send, SendResult>> RefusalsAsync(IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        var refusals = new Dictionary<Send, SendResult>();
        var now = timeProvider.GetUtcNow();
        foreach (var send in sends)
        {
            if (send.Notification.Content?.ExpiresAt <= now)
                refusals.Add(send, new SendResult.Refused(NotifyReasons.Expired));
        }

        foreach (var ofUser in sends.Where(send => IsToMereAddress(send.Notification) && !refusals.ContainsKey(send))
            .GroupBy(send => send.Notification.UserId))
        {
            if (await owners.HasAnyAsync(ofUser.Key, cancellationToken))
                await AddAsync(refusals, ofUser.Key, [.. ofUser], now, cancellationToken);
        }

        return refusals;
    }

    private async Task AddAsync(
        Dictionary<Send, SendResult> refusals, Guid userId, Send[] sends, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var owned = await owners.FindAsync(
            userId, [.. sends.Select(send => (send.Notification.Channel, send.Notification.Recipient)).Distinct()], cancellationToken);
        if (owned.Count == 0)
            return;
        Guid[] ids = [.. owned.Values.Distinct()];
        var category = (await categories.FindAsync(userId, CategorySettings.DefaultName, cancellationToken))!;
        var known = await recipients.FindAsync(userId, ids, cancellationToken);
        var wants = await preferences.FindAsync(userId, ids, cancellationToken);
        foreach (var send in sends)
        {
            var address = (send.Notification.Channel, send.Notification.Recipient);
            if (owned.TryGetValue(address, out var id) && known.TryGetValue(id, out var recipient)
                && Refusal(send.Notification, category, wants[id], recipient.TimeZone, now) is { } refusal)
                refusals.Add(send, refusal);
        }
    }

    /// <summary>What what a recipient wants makes of a send to one of their addresses; null where it is to be sent. A pure
    /// decision.</summary>
    internal static SendResult? Refusal(
        ClaimedNotification notification, CategorySettings category, RecipientPreferences preferences, string? timeZone, DateTimeOffset now)
    {
        if (!preferences.Wants(category.Name, notification.Channel, category))
            return new SendResult.Refused(NotifyReasons.Preference);
        return category.IsCritical || notification.Priority == JobPriority.Critical
            || preferences.QuietUntil(now, timeZone) is not { } until
            ? null
            : new SendResult.Deferred($"{NotifyReasons.QuietHours} until {until:u}", until - now);
    }

    private static bool IsToMereAddress(ClaimedNotification notification) =>
        notification is { RecipientId: null, Source: not (NotificationSource.NotifyKind or NotificationSource.AccountKind) }
        && Core.Notifications.Channels.Find(notification.Channel) is { IsDirect: true };
}
