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
