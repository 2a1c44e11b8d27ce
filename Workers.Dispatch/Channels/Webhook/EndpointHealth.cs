using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>
/// Keeps how an endpoint does: since when everything has failed, and that it is turned off when it says so (410) or that has lasted for
/// days. Its user is told by the event <c>webhook_endpoint.disabled</c>, and at the phone that they verified.
/// </summary>
internal sealed class EndpointHealth(
    NotificationStore notifications, WebhookMetrics metrics, IOptions<WebhookDeliveryOptions> options, TimeProvider timeProvider)
{
    private const string MarkSql =
        """
        UPDATE webhook_endpoints SET failing_since = $3
        WHERE id = $1 AND user_id = $2 AND (failing_since IS NULL) <> ($3::timestamptz IS NULL)
        """;

    private const string DisableSql =
        """
        UPDATE webhook_endpoints SET disabled_at = $3, disabled_reason = $4, updated_at = $3
        WHERE id = $1 AND user_id = $2 AND disabled_at IS NULL
        RETURNING url
        """;

    /// <summary>Notes what an attempt says of its endpoint, and answers the jobs that were staged with it.</summary>
    public async Task<IReadOnlyCollection<OutgoingJob>> NoteAsync(
        NpgsqlTransaction transaction, ClaimedDelivery delivery, DeliveryDecision decision, CancellationToken cancellationToken)
    {
        var (isWell, now) = (decision.Outcome == DeliveryOutcome.Delivered, timeProvider.GetUtcNow());
        // a row is written when this changes, not with each delivery
        if (isWell == delivery.FailingSince is not null)
            await transaction.Command(MarkSql, delivery.EndpointId, delivery.UserId, isWell ? null : now).RunAsync(cancellationToken);
        if (decision.IsGone)
            return await DisableAsync(transaction, delivery, "gone", "It answered 410 (gone).", now, cancellationToken);
        var days = options.Value.DisableAfterDays;
        return !isWell && delivery.FailingSince + TimeSpan.FromDays(days) <= now
            ? await DisableAsync(transaction, delivery, "failing", $"Every delivery has failed for {days} days.", now, cancellationToken)
            : [];
    }

    private async Task<IReadOnlyCollection<OutgoingJob>> DisableAsync(
        NpgsqlTransaction transaction, ClaimedDelivery delivery, string reason, string text, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var disabled = await transaction.Command(DisableSql, delivery.EndpointId, delivery.UserId, now, text)
            .FirstAsync(row => row.GetString(0), cancellationToken);
        if (disabled is null)
            return [];
        metrics.Disabled(reason);
        var phone = await NotificationStore.FindVerifiedPhoneAsync(transaction, delivery.UserId, cancellationToken);
        var events = RecordEvents.Of(
            [EventRecord.Of(WebhookEvents.EndpointDisabled, delivery.UserId, delivery.EndpointId, reason, now)], timeProvider);
        var created = await notifications.CreateAsync(
            transaction.Connection!, transaction, phone is null ? [] : [Notice(delivery, disabled, text, phone, now)], events, grant: null,
            cancellationToken);
        return created.Jobs;
    }

    private static NotificationDraft Notice(ClaimedDelivery delivery, string url, string text, string phone, DateTimeOffset now) => new(
        delivery.UserId,
        Core.Notifications.Channels.WhatsApp,
        phone,
        $"Your webhook endpoint {url} was turned off. {text} Turn it on again when it is mended; what it missed can be recovered.",
        JobPriority.Normal,
        NotificationSource.Webhook(delivery.EndpointId),
        NotificationKeys.EndpointDisabled(delivery.EndpointId, now));
}
