using Npgsql;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Inbox;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Channels.Inbox;

/// <summary>
/// Puts a notification into its recipient's inbox: a row, and a signal to whoever looks at it. It is delivered with that; the notification
/// itself holds what it says.
/// </summary>
internal sealed class InboxChannel(NpgsqlDataSource dataSource, RedisConnection redis, TimeProvider timeProvider) : IChannel
{
    private const int Stored = 201;

    // The lock makes the order of positions that of the commits, for each recipient: it ends with this statement, which is a transaction.
    private const string StoreSql =
        $"""
        WITH found AS (
            SELECT id FROM recipients WHERE id = $2 AND user_id = $3
        ), alone AS MATERIALIZED (
            SELECT id, {AdvisoryLocks.OfInbox} FROM found
        ), stored AS (
            INSERT INTO inbox_items (notification_id, user_id, recipient_id, stored_at)
            SELECT $1, $3, alone.id, $4 FROM alone
            ON CONFLICT (notification_id) DO NOTHING
        )
        SELECT count(*) FROM alone
        """;

    public ChannelDefinition Definition => Core.Notifications.Channels.InboxChannel;

    public string LimitKey => "inbox";

    // nobody else's limit: what the database takes
    public RateLimit Limit { get; } = new(1_000_000, TimeSpan.FromSeconds(1));

    public async Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(message.Recipient, out var recipientId))
            return new ProviderFailure(FailureKind.Permanent, "The recipient of an inbox is an id.");
        try
        {
            var found = await dataSource.Command(StoreSql, message.NotificationId, recipientId, message.UserId, timeProvider.GetUtcNow())
                .ScalarAsync<long>(cancellationToken);
            if (found == 0)
                return new ProviderFailure(FailureKind.Permanent, "The recipient is not there any more.");
        }
        catch (PostgresException deleted) when (deleted.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return new ProviderFailure(FailureKind.Permanent, "The notification was deleted meanwhile.");
        }
        catch (NpgsqlException unavailable) when (unavailable.IsTransient)
        {
            // stored or not: the next try finds out, and changes nothing then
            return new ProviderFailure(FailureKind.Transient, $"The inbox cannot be written to: {unavailable.Message}");
        }

        await redis.TellInboxAsync(recipientId, cancellationToken);
        return new SendResult.Accepted(message.NotificationId.ToString(), Stored, IsDelivered: true);
    }
}
