using System.Globalization;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Webhooks.Twilio;

/// <summary>
/// Makes an SMS of the parameters of a request that was verified (Twilio's reference, "Request Parameters" of incoming messages). It is
/// taken as it came, whatever its sender and recipient are: what is refused is lost.
/// </summary>
internal static class SmsRequest
{
    /// <summary>Files that one SMS may have; a provider sends 10 at most.</summary>
    public const int MaxMedia = 100;

    // a SID has 34
    private const int MaxSid = 64;
    private const int MaxAddress = 1_000;
    private const string Media = "MediaUrl";

    // the last two are what older versions of the API call it
    private static readonly string[] SidNames = ["MessageSid", "SmsMessageSid", "SmsSid"];

    /// <summary>The SMS; or what is wrong: without its id it cannot be known again when it comes twice.</summary>
    public static (InboundSms? Sms, IReadOnlyList<FieldError> Errors) Read(TwilioParameters parameters, DateTimeOffset now)
    {
        var sid = SidNames.Select(name => parameters[name]).FirstOrDefault(value => value is not null);
        if (SidError(sid) is { } error)
            return (null, [new("MessageSid", error)]);

        var media = Enumerable.Range(0, MediaCount(parameters)).Select(index => new InboundMedia(
            parameters[Name(Media, index)], parameters[Name("MediaContentType", index)]));
        return (new(sid!, Address(parameters["From"]), Address(parameters["To"]), parameters["Body"] ?? "", [.. media], now), []);
    }

    /// <summary>What is wrong with a message's SID; null if nothing is.</summary>
    public static string? SidError(string? sid) => sid switch
    {
        null => "It must not be empty.",
        { Length: > MaxSid } => $"It is longer than {MaxSid} characters.",
        _ when sid.AsSpan().ContainsAnyExceptInRange('!', '~') => "It may have printable ASCII characters only.",
        _ => null,
    };

    private static string Address(string? address) => address is null ? "" : address.Length <= MaxAddress ? address : address[..MaxAddress];

    // no file is lost to a count that is missing, too low or none
    private static int MediaCount(TwilioParameters parameters)
    {
        _ = int.TryParse(parameters["NumMedia"], NumberStyles.None, CultureInfo.InvariantCulture, out var announced);
        return Math.Min(Math.Max(announced, parameters.CountOf(Media)), MaxMedia);
    }

    private static string Name(string prefix, int index) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{index}");
}
