using System.Globalization;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>Makes a text of the parameters of a request that was verified (Twilio's reference, "Request Parameters" of incoming messages).</summary>
internal static class SmsRequest
{
    /// <summary>Files that one text may have; a provider sends 10 at most.</summary>
    public const int MaxMedia = 100;

    // a SID has 34
    private const int MaxSid = 64;
    private const int MaxRecipient = 64;
    private const string Media = "MediaUrl";
    private const string NotHere = "Only SMS and MMS are taken here, not messages of another channel.";

    /// <summary>The text; or each parameter that is wrong.</summary>
    public static (InboundSms? Text, IReadOnlyList<FieldError> Mistakes) Read(TwilioParameters parameters, DateTimeOffset now)
    {
        List<FieldError> mistakes = [];
        var (sid, from, to) = (parameters["MessageSid"], parameters["From"], parameters["To"]);
        Check("MessageSid", SidMistake(sid), mistakes);
        Check("From", SenderMistake(from), mistakes);
        Check("To", RecipientMistake(to), mistakes);
        var count = MediaCount(parameters, mistakes);
        if (mistakes.Count > 0)
            return (null, mistakes);

        var media = Enumerable.Range(0, count).Select(index => new InboundMedia(
            parameters[Name(Media, index)], parameters[Name("MediaContentType", index)]));
        return (new(sid!, from!, to!, parameters["Body"] ?? "", [.. media], now), []);
    }

    /// <summary>What is wrong with a message's SID; null if nothing is.</summary>
    public static string? SidMistake(string? sid) => sid switch
    {
        null => "It must not be empty.",
        { Length: > MaxSid } => $"It is longer than {MaxSid} characters.",
        _ when sid.AsSpan().ContainsAnyExceptInRange('!', '~') => "It may have printable ASCII characters only.",
        _ => null,
    };

    private static string? SenderMistake(string? from) => from switch
    {
        null => "It must not be empty.",
        _ when from.Contains(':', StringComparison.Ordinal) => NotHere,
        _ when PhoneNumber.IsE164(from) || IsShortCode(from) => null,
        _ => $"{PhoneNumber.Mistake} Or a short code of 3 to 8 digits.",
    };

    private static string? RecipientMistake(string? to) => to switch
    {
        null => "It must not be empty.",
        { Length: > MaxRecipient } => $"It is longer than {MaxRecipient} characters.",
        _ when to.Contains(':', StringComparison.Ordinal) => NotHere,
        _ when !TextRules.IsStorable(to) => TextRules.NotStorable,
        _ => null,
    };

    // no file is lost to a count that is missing or too low
    private static int MediaCount(TwilioParameters parameters, List<FieldError> mistakes)
    {
        var announced = 0;
        var isNumber = parameters["NumMedia"] is not { } text
            || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out announced);
        var count = Math.Max(announced, parameters.CountOf(Media));
        if (isNumber && count <= MaxMedia)
            return count;
        mistakes.Add(new("NumMedia", $"It must be a number from 0 to {MaxMedia}, and no more files than that."));
        return 0;
    }

    private static bool IsShortCode(string from) => from.Length is >= 3 and <= 8 && !from.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static string Name(string prefix, int index) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{index}");

    private static void Check(string name, string? mistake, List<FieldError> mistakes)
    {
        if (mistake is not null)
            mistakes.Add(new(name, mistake));
    }
}
