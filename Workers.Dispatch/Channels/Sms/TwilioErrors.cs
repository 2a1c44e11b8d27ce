using System.Globalization;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>What an error means for the message. Codes: https://www.twilio.com/docs/api/errors</summary>
internal static class TwilioErrors
{
    /// <summary>The recipient has said STOP to this sender.</summary>
    public const string OptedOut = "21610";

    /// <summary>Decides by the code where there is one, else by the HTTP status.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="reply">The body, if it could be read.</param>
    /// <param name="retryAfter">The header, if it came.</param>
    /// <param name="options">The waits.</param>
    public static ProviderFailure Of(int status, TwilioReply? reply, TimeSpan? retryAfter, TwilioOptions options)
    {
        var text = reply?.Code is { } number ? $"Twilio error {number}: {reply.Message}" : $"Twilio answered HTTP {status}.";
        var code = reply?.Code?.ToString(CultureInfo.InvariantCulture);
        var (limit, account) = (TimeSpan.FromSeconds(options.LimitSeconds), TimeSpan.FromSeconds(options.AccountSeconds));
        return reply?.Code switch
        {
            // 20429 too many requests, 63017 the account's throughput
            20429 or 63017 => new(FailureKind.Throttled, text, status, retryAfter ?? limit, code),

            // 21611 and 30001 the sender's queue is full, 30022 and 30023 a US campaign's rate and day, 63038 the account's day
            21611 or 30001 or 30022 or 30023 or 63038 =>
                new(FailureKind.Throttled, text, status, retryAfter ?? TimeSpan.FromSeconds(options.QueueSeconds), code),

            // The account. 20003 credentials, 20005 not active, 20006 access denied, 20008 test credentials, 20404 no such account,
            // 30002 suspended.
            // The sender. 21212 invalid, 21603 missing, 21606 not usable, 21607 and 21661 cannot send SMS, 21659 not Twilio's or a short
            // code of another country, 21660 of another account, 21701 and 21705 no such service, 21703 and 21704 a service without
            // numbers, 30024 not provisioned, 30032 toll-free and not verified, 30034 not registered.
            // 21609 the address of the status callback.
            // No message can be sent until the operator mends it, and none is to blame: all are held.
            20003 or 20005 or 20006 or 20008 or 20404 or 30002
                or 21212 or 21603 or 21606 or 21607 or 21659 or 21660 or 21661 or 21701 or (>= 21703 and <= 21705)
                or 30024 or 30032 or 30034 or 21609 => new(FailureKind.Unauthorized, text, status, retryAfter ?? account, code),

            // 20500 internal error, 20503 unavailable, 30003 the handset is off or out of reach, 30008 unknown error of the carrier
            20500 or 20503 or 30003 or 30008 => new(FailureKind.Transient, text, status, retryAfter, code),

            // The number. 21211 and 21217 no valid number, 21214 and 21612 cannot be reached, 21408 its region is not enabled,
            // 21608 not verified for a trial account, 21610 said STOP, 21614 no mobile number, 21635 a landline, 30005 unknown, 30006 a
            // landline. The message. 21602 and 21619 none, 21605 and 21617 too long, 21618 refused, 30004 blocked, 30007 and 30038
            // filtered. And what else Twilio refuses with a 4xx.
            (>= 30004 and <= 30007) or 30038 => new(FailureKind.Permanent, text, status, Code: code),
            not null when status is >= 400 and < 500 and not 401 and not 408 and not 429 => new(FailureKind.Permanent, text, status, Code: code),
            _ => ProviderFailure.OfStatus(status, text, retryAfter, limit, account, code),
        };
    }
}
