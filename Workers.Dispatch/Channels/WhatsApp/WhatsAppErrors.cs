using System.Globalization;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>
/// What an error means for the message. Codes:
/// https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
/// </summary>
internal static class WhatsAppErrors
{
    /// <summary>The recipient has not written for 24 hours: only a template reaches them.</summary>
    public const string ReEngagement = "131047";

    /// <summary>One message to one recipient in 6 s.</summary>
    private const int PairLimit = 131056;

    /// <summary>Decides by the code where there is one, else by the HTTP status.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">The error of the body, if it could be read.</param>
    /// <param name="retryAfter">The header, if it came.</param>
    /// <param name="options">The waits.</param>
    public static ProviderFailure Of(int status, WhatsAppReply.ErrorContent? error, TimeSpan? retryAfter, WhatsAppOptions options)
    {
        var text = Describe(status, error);
        var code = error?.Code.ToString(CultureInfo.InvariantCulture);
        return error?.Code switch
        {
            // 4 the app's, 80007 the business account's, 130429 the number's throughput, 131048 spam, 131056 the pair's
            PairLimit => new(FailureKind.Throttled, text, status, retryAfter ?? TimeSpan.FromSeconds(options.PairLimitSeconds), code),
            4 or 80007 or 130429 or 131048 =>
                new(FailureKind.Throttled, text, status, retryAfter ?? TimeSpan.FromSeconds(options.LimitSeconds), code),

            // 0, 104 and 190 the token, 3 and 10 and 200–299 and 131005 permissions, 368 and 131031 a restricted account,
            // 131042 payment, 131045 and 133010 the number's registration.
            // No message can be sent until the operator mends it, and none is to blame: all are held.
            0 or 3 or 10 or 104 or 190 or (>= 200 and <= 299) or 368 or 131005 or 131031 or 131042 or 131045 or 133010 =>
                new(FailureKind.Unauthorized, text, status, retryAfter ?? TimeSpan.FromSeconds(options.AccountSeconds), code),

            // 1 unknown, 2 service down, 131000 something went wrong, 131016 unavailable, 131057 maintenance, 133004 unavailable
            1 or 2 or 131000 or 131016 or 131057 or 133004 => new(FailureKind.Transient, text, status, retryAfter, code),

            // 100, 131008 and 131009 parameters, 131026 undeliverable, 131047 outside the 24 h, 131051 type, 132xxx templates …
            not null when status is >= 400 and < 500 and not 408 and not 429 => new(FailureKind.Permanent, text, status, Code: code),
            _ => ProviderFailure.OfStatus(
                status, text, retryAfter, TimeSpan.FromSeconds(options.LimitSeconds), TimeSpan.FromSeconds(options.AccountSeconds), code),
        };
    }

    private static string Describe(int status, WhatsAppReply.ErrorContent? error) => error switch
    {
        null => $"WhatsApp answered HTTP {status}.",
        { ErrorData.Details: { Length: > 0 } details } => $"WhatsApp error {error.Code}: {error.Message} {details}",
        _ => $"WhatsApp error {error.Code}: {error.Message}",
    };
}
