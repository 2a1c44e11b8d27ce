using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>
/// Sends a notification as a message of type <c>notification.message</c>: to all endpoints of its user that take it, or to the one whose id
/// is its recipient. It is accepted when the deliveries are stored; what becomes of them is its status.
/// </summary>
internal sealed class WebhookChannel(NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider) : IChannel
{
    private const int Stored = 202;

    public ChannelDefinition Definition => Core.Notifications.Channels.WebhookChannel;

    public string LimitKey => "webhook";

    // endpoints have limits of their own
    public RateLimit Limit { get; } = new(1_000_000, TimeSpan.FromSeconds(1));

    public async Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(message.Recipient, out var recipient))
            return new ProviderFailure(FailureKind.Permanent, "The recipient of a webhook is an id.");
        try
        {
            return await StoreAsync(message, recipient, cancellationToken)
                ? new SendResult.Accepted(WebhookSecret.MessageId(message.NotificationId), Stored)
                : new ProviderFailure(FailureKind.Permanent, $"There is no endpoint that takes {WebhookEvents.Message}.");
        }
        catch (NpgsqlException unavailable) when (unavailable.IsTransient)
        {
            // stored or not: the next try finds out, and changes nothing then
            return new ProviderFailure(FailureKind.Transient, $"The deliveries cannot be stored: {unavailable.Message}");
        }
    }

    private async Task<bool> StoreAsync(ChannelMessage message, Guid recipient, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var takers = (await WebhookMessageStore.SubscriptionsAsync(transaction, [message.UserId], cancellationToken))
            .FindAll(one => (recipient == message.UserId || recipient == one.Id) && one.Takes(message.UserId, WebhookEvents.Message));
        if (takers.Count == 0)
            return false;

        var payload = WebhookPayload.OfMessage(message.NotificationId, message.DueAt, message.Body, message.Content, message.RecipientId);
        var added = await WebhookMessageStore.AddAsync(
            transaction,
            [.. takers.Select(one => new NewDelivery(
                message.NotificationId, message.UserId, one.Id, WebhookEvents.Message, payload, message.NotificationId))],
            timeProvider.GetUtcNow(), cancellationToken);
        // a notification that had failed is sent again: to those who did not take it, as to those who have come since
        var restarted = await RestartAsync(transaction, message, cancellationToken);
        await outbox.CommitAsync(transaction, [.. added, .. restarted], cancellationToken);
        return true;
    }

    private const string RestartSql =
        """
        UPDATE webhook_deliveries SET state = 'pending', tries = 0, next_attempt_at = NULL, completed_at = NULL
        WHERE message_id = $1 AND user_id = $2 AND state = 'failed'
        RETURNING id, endpoint_id
        """;

    private static async Task<IReadOnlyList<OutgoingJob>> RestartAsync(
        NpgsqlTransaction transaction, ChannelMessage message, CancellationToken cancellationToken) =>
        await transaction.Command(RestartSql, message.NotificationId, message.UserId)
            .ListAsync(row => new OutgoingJob(new DeliverWebhook(row.GetGuid(0), row.GetGuid(1))), cancellationToken);
}
