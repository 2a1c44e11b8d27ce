using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>
/// What an error of APNs means for the message:
/// https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns
/// </summary>
internal static class ApnsErrors
{
    /// <summary>The JWT is older than an hour.</summary>
    public const string ExpiredToken = "ExpiredProviderToken";

    /// <summary>Decides by the reason where there is one, else by the HTTP status.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="reason">The reason of the body, if it could be read.</param>
    /// <param name="retryAfter">The header, if it came.</param>
    /// <param name="options">The waits.</param>
    public static ProviderFailure Of(int status, string? reason, TimeSpan? retryAfter, ApnsOptions options)
    {
        var text = reason is null ? $"APNs answered HTTP {status}." : $"APNs answered HTTP {status}: {reason}.";
        var (busy, account) = (TimeSpan.FromSeconds(options.BusySeconds), TimeSpan.FromSeconds(options.AccountSeconds));
        return (status, reason) switch
        {
            // Unregistered, ExpiredToken: the app was removed
            (410, _) => new(FailureKind.NotFound, text, status, Code: reason),

            // our topic or our certificate, and not the message
            (400, "BadTopic" or "MissingTopic" or "TopicDisallowed" or "InvalidPushType") or (403, _) =>
                new(FailureKind.Unauthorized, text, status, retryAfter ?? account, reason),

            // of this device, or of our JWTs
            (429, _) => new(FailureKind.Throttled, text, status, retryAfter ?? busy, reason),
            (500 or 503, _) => new(FailureKind.Transient, text, status, retryAfter, reason),

            // 400 BadDeviceToken, DeviceTokenNotForTopic, PayloadEmpty …, 404 BadPath, 405, 413 PayloadTooLarge. A token of the
            // other environment is called bad as well: it stays on, or one wrong setting would turn off every device
            _ => ProviderFailure.OfStatus(status, text, retryAfter, busy, account, reason),
        };
    }
}
