namespace Switchboard.Core.Notifications;

/// <summary>Where a notification comes from, as stored and shown.</summary>
public static class NotificationSources
{
    /// <summary>A rule matched a mail.</summary>
    public const string Email = "email";

    /// <summary>A rule matched a text.</summary>
    public const string Text = "text";

    /// <summary>A program asked for it at <c>POST /api/notifications</c>.</summary>
    public const string Api = "api";
}
