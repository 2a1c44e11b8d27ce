using StackExchange.Redis;
using Switchboard.Core.Redis;

namespace Switchboard.Core.Notifications.Inbox;

/// <summary>
/// Tells every edge that something has arrived in a recipient's inbox. A signal says no more than that: who hears it reads the rows, so
/// that signals may be lost, doubled or late.
/// </summary>
public static class InboxSignals
{
    private const string Channel = "inbox";

    /// <summary>Tells it, as far as Redis is there; the rows must be committed.</summary>
    public static Task TellInboxAsync(this RedisConnection redis, Guid recipientId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(redis);
        return redis.AskAsync(
            database => database.PublishAsync(RedisChannel.Literal(redis.KeyPrefix + Channel), recipientId.ToByteArray(), CommandFlags.None),
            cancellationToken);
    }

    /// <summary>Calls <paramref name="arrived"/> with the recipient of each signal; it must be quick and not throw.</summary>
    public static void ListenToInboxes(this RedisConnection redis, Action<Guid> arrived)
    {
        ArgumentNullException.ThrowIfNull(redis);
        redis.Listen(Channel, message =>
        {
            if ((byte[]?)message is { Length: 16 } id)
                arrived(new Guid(id));
        });
    }
}
