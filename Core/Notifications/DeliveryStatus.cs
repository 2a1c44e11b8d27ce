namespace Switchboard.Core.Notifications;

/// <summary>How far a notification is on its way. Stored and shown in lower case.</summary>
public enum DeliveryStatus
{
    /// <summary>To be sent.</summary>
    Pending,

    /// <summary>A send has begun and its end is not recorded yet.</summary>
    Sending,

    /// <summary>The provider took it.</summary>
    Sent,

    /// <summary>It reached the recipient's device.</summary>
    Delivered,

    /// <summary>The recipient opened it.</summary>
    Read,

    /// <summary>It will not be sent, or was not delivered; the error says why.</summary>
    Failed,

    /// <summary>Its user took it back before it was sent.</summary>
    Cancelled,
}

/// <summary>
/// The order of delivery states, in one place: pending, sending, sent, failed, delivered, read. What a provider says may come
/// late, twice or in any order; a state only moves forward. Failed is below delivered because a provider that first gives up and
/// then delivers has delivered. Cancelled is reached from pending alone, and left by nothing.
/// <para>Two moves back are not of this order, and only Workers.Dispatch and a person make them: a send that
/// failed for the time being goes from sending to pending, and a failed notification that is to be tried again from failed to
/// pending.</para>
/// </summary>
public static class DeliveryStatuses
{
    /// <summary>
    /// The names as SQL, lowest rank first: <c>array_position(…, delivery_status)</c> is <see cref="Rank"/> in a statement.
    /// </summary>
    public const string SqlOrder = "'{pending,sending,sent,failed,delivered,read,cancelled}'::text[]";

    /// <summary>How far along a state is, from 1, as <c>array_position</c> counts in <see cref="SqlOrder"/>.</summary>
    public static int Rank(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Pending => 1,
        DeliveryStatus.Sending => 2,
        DeliveryStatus.Sent => 3,
        DeliveryStatus.Failed => 4,
        DeliveryStatus.Delivered => 5,
        DeliveryStatus.Read => 6,
        DeliveryStatus.Cancelled => 7,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such delivery status."),
    };

    /// <summary>The name in the database and in JSON.</summary>
    public static string Name(DeliveryStatus status) => status switch
    {
        DeliveryStatus.Pending => "pending",
        DeliveryStatus.Sending => "sending",
        DeliveryStatus.Sent => "sent",
        DeliveryStatus.Delivered => "delivered",
        DeliveryStatus.Read => "read",
        DeliveryStatus.Failed => "failed",
        DeliveryStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such delivery status."),
    };

    /// <summary>The state of that name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static DeliveryStatus Parse(string name) =>
        TryParse(name, out var status) ? status : throw new ArgumentException($"There is no delivery status '{name}'.", nameof(name));

    /// <summary>The state of that name, if there is one.</summary>
    public static bool TryParse(string? name, out DeliveryStatus status)
    {
        foreach (var candidate in Enum.GetValues<DeliveryStatus>())
        {
            if (Name(candidate) != name)
                continue;
            status = candidate;
            return true;
        }

        status = default;
        return false;
    }

    /// <summary>Whether a notification in one state may move forward to the other.</summary>
    public static bool CanMove(DeliveryStatus from, DeliveryStatus to) =>
        to == DeliveryStatus.Cancelled ? from == DeliveryStatus.Pending : Rank(to) > Rank(from);
}
