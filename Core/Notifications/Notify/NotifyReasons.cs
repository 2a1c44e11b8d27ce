namespace Switchboard.Core.Notifications.Notify;

/// <summary>Why something is not sent, or not yet; stored and shown as they are, and never renamed.</summary>
public static class NotifyReasons
{
    /// <summary>The recipient does not want it.</summary>
    public const string Preference = "preference";

    /// <summary>The recipient is left alone until a time.</summary>
    public const string QuietHours = "quiet-hours";

    /// <summary>It is gathered with others until a time.</summary>
    public const string Digest = "digest";

    /// <summary>The recipient got as many of its category as they may get.</summary>
    public const string Throttled = "throttled";

    /// <summary>There is no address for a channel.</summary>
    public const string NoAddress = "no-address";

    /// <summary>There is no such recipient.</summary>
    public const string UnknownRecipient = "unknown-recipient";

    /// <summary>It was over before it could go.</summary>
    public const string Expired = "expired";

    /// <summary>A channel before it in the order did.</summary>
    public const string FallbackNotNeeded = "fallback-not-needed";

    /// <summary>The user's notifications of the day were used up.</summary>
    public const string Quota = "quota";

    /// <summary>Its template could not be rendered.</summary>
    public const string TemplateError = "template-error";

    /// <summary>It was taken back.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Those that a notification fails with when it is found, right before its send, that it is not to be sent: nothing
    /// broke.</summary>
    public static IReadOnlyList<string> OfUnsent { get; } = [Expired, Preference];
}
