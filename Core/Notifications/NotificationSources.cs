namespace Switchboard.Core.Notifications;

/// <summary>Where a notification comes from, as stored and shown.</summary>
public static class NotificationSources
{
    /// <summary>A rule matched a mail.</summary>
    public const string Email = "email";

    /// <summary>A rule matched a text.</summary>
    public const string Text = "text";

    /// <summary>A tracked mail was not answered, or an account that is tracked needs its user.</summary>
    public const string Tracking = "tracking";

    /// <summary>A program asked for it at <c>POST /api/notifications</c>.</summary>
    public const string Api = "api";
}
