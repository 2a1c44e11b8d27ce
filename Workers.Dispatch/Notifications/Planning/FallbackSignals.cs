using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>A notification of a request that was sent, arrived or failed.</summary>
/// <param name="Id">Its id, and its delivery's.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Parent">The span that moved it; null for the current one.</param>
internal readonly record struct MovedNotification(Guid Id, Guid UserId, ActivityContext? Parent);

/// <summary>
/// Tells the orders of channels what became of a notification, in the transaction that records it. Only notifications of requests are
/// looked at: those of rules and reminders have no such order, and pay nothing for this.
/// </summary>
internal static class FallbackSignals
{
    private const string ChainsSql =
        """
        SELECT d.id, d.user_id, d.request_id, d.recipient_key
        FROM unnest($1::uuid[], $2::uuid[]) AS moved (id, user_id)
        JOIN notify_deliveries AS d ON d.id = moved.id AND d.user_id = moved.user_id
        WHERE d.step IS NOT NULL
        """;

    /// <summary>Whether a state may end or continue an order.</summary>
    public static bool Tells(DeliveryStatus status) =>
        status is DeliveryStatus.Sent or DeliveryStatus.Delivered or DeliveryStatus.Read or DeliveryStatus.Failed;

    /// <summary>The jobs that look at the orders of these notifications; they are for the caller to stage.</summary>
    public static async Task<OutgoingJob[]> OfAsync(
        NpgsqlTransaction transaction, IReadOnlyCollection<MovedNotification> moved, TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        if (moved.Count == 0)
            return [];
        var parents = moved.DistinctBy(one => one.Id).ToDictionary(one => one.Id, one => one.Parent);
        var now = timeProvider.GetUtcNow();
        var chains = await transaction
            .Command(ChainsSql, moved.Select(one => one.Id).ToArray(), moved.Select(one => one.UserId).ToArray())
            .ListAsync(row => (Id: row.GetGuid(0), UserId: row.GetGuid(1), RequestId: row.GetGuid(2), Key: row.GetGuid(3)), cancellationToken);
        return
        [
            .. chains.DistinctBy(chain => (chain.RequestId, chain.Key)).Select(chain => new OutgoingJob(
                new ContinueFallback(Guid.CreateVersion7(now), chain.UserId, chain.RequestId, chain.Key, TimedOut: null),
                parents[chain.Id])),
        ];
    }
}
