using System.Text.RegularExpressions;

namespace Switchboard.Simulator.Twilio;

/// <summary>What Twilio checks in a message before it takes it.</summary>
internal static partial class SendValidation
{
    private const int LongestBody = 1600;

    /// <returns>Null when the message is taken.</returns>
    public static TwilioError? Check(SendRequest request, OptOuts optOuts) =>
        request.To is null ? TwilioErrors.NoTo
        : request is { From: null, MessagingServiceSid: null } ? TwilioErrors.NoFrom
        : request is { Body: null, NumMedia: 0 } ? TwilioErrors.NoBody
        : request.Body?.Length > LongestBody ? TwilioErrors.BodyTooLong
        : Number(request.To) is not { } to ? TwilioErrors.WrongTo(request.To)
        : request.From is { } from && !IsSender(from) ? TwilioErrors.WrongFrom(from)
        : request.MessagingServiceSid is null && Number(request.From!) == to ? TwilioErrors.SameNumbers
        : request.StatusCallback is { } callback && !IsHttp(callback) ? TwilioErrors.WrongCallback(callback)
        : optOuts.Contains(to) ? TwilioErrors.OptedOut
        : null;

    /// <summary>A number in E.164, whichever way it was written; null when it is none.</summary>
    public static string? Number(string written)
    {
        var digits = Separators().Replace(written, "");
        return PhoneNumber().IsMatch(digits) ? digits[0] == '+' ? digits : "+" + digits : null;
    }

    // a number, a short code, or a name
    private static bool IsSender(string from) => Number(from) is not null || ShortCode().IsMatch(from) || SenderName().IsMatch(from);

    private static bool IsHttp(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https");

    [GeneratedRegex(@"[\s().-]")]
    private static partial Regex Separators();

    [GeneratedRegex(@"^\+?[1-9][0-9]{6,14}\z")]
    private static partial Regex PhoneNumber();

    [GeneratedRegex(@"^[0-9]{3,8}\z")]
    private static partial Regex ShortCode();

    [GeneratedRegex(@"^(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}\z")]
    private static partial Regex SenderName();
}
