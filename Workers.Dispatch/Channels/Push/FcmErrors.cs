using System.Globalization;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>What an error of FCM means for the message: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode</summary>
internal static class FcmErrors
{
    private const string FcmError = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
    private const string BadRequest = "type.googleapis.com/google.rpc.BadRequest";

    /// <summary>Decides by FCM's own code where there is one, else by the HTTP status.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">The error of the body, if it could be read.</param>
    /// <param name="retryAfter">The header, if it came.</param>
    /// <param name="options">The waits.</param>
    public static ProviderFailure Of(int status, FcmReply.ErrorContent? error, TimeSpan? retryAfter, FcmOptions options)
    {
        var code = error?.Details?.FirstOrDefault(detail => detail.Type == FcmError)?.ErrorCode;
        var isPayload = error?.Details?.Any(detail => detail.Type == BadRequest) == true;
        var text = error is null
            ? $"FCM answered HTTP {status}."
            : $"FCM error {code ?? error.Status ?? status.ToString(CultureInfo.InvariantCulture)}: {error.Message}";
        var (busy, account) = (TimeSpan.FromSeconds(options.BusySeconds), TimeSpan.FromSeconds(options.AccountSeconds));
        return (status, code) switch
        {
            // the app was removed, the token is of another sender, the token is none
            (404, "UNREGISTERED") or (403, "SENDER_ID_MISMATCH") => new(FailureKind.NotFound, text, status, Code: code),
            (400, "INVALID_ARGUMENT") when !isPayload => new(FailureKind.NotFound, text, status, Code: code),

            (429, _) => new(FailureKind.Throttled, text, status, retryAfter ?? busy, code),
            (500 or 503, _) => new(FailureKind.Transient, text, status, retryAfter ?? busy, code),

            // 401 our token, or Apple's and the browsers' keys at Firebase (THIRD_PARTY_AUTH_ERROR); 403 the rights of the service account;
            // 404 no such project. No message can be sent until the operator mends it
            (401 or 403 or 404, _) => new(FailureKind.Unauthorized, text, status, retryAfter ?? account, code),
            _ => ProviderFailure.OfStatus(status, text, retryAfter, busy, account, code),
        };
    }
}
