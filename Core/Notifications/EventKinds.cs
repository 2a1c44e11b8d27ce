namespace Switchboard.Core.Notifications;

/// <summary>What can be said of a notification (<see cref="NotificationEvent.Kind"/>).</summary>
public static class EventKinds
{
    /// <summary>It was made.</summary>
    public const string Created = "notification.created";

    /// <summary>Its provider took it.</summary>
    public const string Sent = "notification.sent";

    /// <summary>It arrived.</summary>
    public const string Delivered = "notification.delivered";

    /// <summary>It was opened.</summary>
    public const string Read = "notification.read";

    /// <summary>It was given up.</summary>
    public const string Failed = "notification.failed";

    /// <summary>It was taken back.</summary>
    public const string Cancelled = "notification.cancelled";
}
