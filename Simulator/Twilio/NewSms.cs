using System.Text;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>An SMS of <c>POST /_sim/twilio/messages</c>: somebody sends it to the account's number.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The number that it is sent to; the account's own when it is left out.</param>
/// <param name="Body">What it says; may be empty.</param>
/// <param name="Media">Its files.</param>
/// <param name="MessageSid">In place of a new id: to deliver the same SMS again.</param>
/// <param name="Times">How often the webhook is called for it, all at once.</param>
/// <param name="Json">The parameters as a JSON object, with <c>bodySHA256</c> in the query.</param>
/// <param name="Signature">In place of the right one; empty for none at all.</param>
/// <param name="OptOutType">STOP, START or HELP, as Twilio names it with Advanced Opt-Out.</param>
internal sealed record NewSms(
    string? From,
    string? To = null,
    string? Body = null,
    IReadOnlyList<NewMedia>? Media = null,
    string? MessageSid = null,
    int Times = 1,
    bool Json = false,
    string? Signature = null,
    string? OptOutType = null)
{
    private const int MostMedia = 100;
    private const int MostTimes = 1000;

    public FieldErrors Errors()
    {
        var errors = new FieldErrors();
        errors.Check("from", !string.IsNullOrWhiteSpace(From), "Name the sender, such as +15550100001.");
        errors.Check("messageSid", MessageSid is not "",
            "Name an id such as SM0123456789abcdef0123456789abcdef, or leave it out for a new one.");
        errors.Check("times", Times is >= 1 and <= MostTimes, $"Use 1 to {MostTimes}.");
        errors.Check("optOutType", OptOutType is null or "STOP" or "START" or "HELP", "Use STOP, START or HELP.");
        errors.Check("media", !(Media?.Count > MostMedia), $"Use {MostMedia} files at the most.");
        foreach (var (media, index) in (Media ?? []).Select((media, index) => (media, index)))
        {
            var error = media is null ? "This is no file." : media.Error;
            errors.Check($"media[{index}]", error is null, error ?? "");
        }

        return errors;
    }
}

/// <summary>A file of an SMS, made up when it is fetched.</summary>
/// <param name="ContentType">What it is said to be, and is unless <paramref name="ActualContentType"/> is given.</param>
/// <param name="SizeBytes">Its exact size; without it one that is usual.</param>
/// <param name="Seconds">How long audio lasts.</param>
/// <param name="Says">What is said in it; the content of a text file.</param>
/// <param name="ActualContentType">What its bytes are: then it lies.</param>
/// <param name="AnnouncedBytes">The <c>Content-Length</c> in place of the right one: the connection ends at the smaller of both.</param>
/// <param name="Chunked">No <c>Content-Length</c>.</param>
/// <param name="BytesPerSecond">How fast it comes; without it as fast as can be.</param>
/// <param name="Url">Its address in the webhook, in place of one that is made.</param>
/// <param name="RedirectTo">Where the API redirects to, in place of where the file is.</param>
internal sealed record NewMedia(
    string? ContentType,
    long? SizeBytes = null,
    double? Seconds = null,
    string? Says = null,
    string? ActualContentType = null,
    long? AnnouncedBytes = null,
    bool Chunked = false,
    int? BytesPerSecond = null,
    string? Url = null,
    string? RedirectTo = null)
{
    /// <summary>All that a file is made from is in its address, which has to stay below 8 KB.</summary>
    private const int LongestSpeechBytes = 3000;

    /// <summary>What is wrong with it and what to do; null when nothing is.</summary>
    public string? Error =>
        string.IsNullOrWhiteSpace(ContentType) ? "contentType: name it, such as image/jpeg."
        : SizeBytes is < 0 or > 10_000_000_000 ? "sizeBytes: use 0 to 10000000000."
        : Seconds is not (null or (>= 0 and <= 86_400)) ? "seconds: use 0 to 86400."
        : Says is not null && Encoding.UTF8.GetByteCount(Says) > LongestSpeechBytes ? $"says: use {LongestSpeechBytes} bytes at the most."
        : AnnouncedBytes < 0 ? "announcedBytes: use 0 or more."
        : BytesPerSecond < 1 ? "bytesPerSecond: use 1 or more."
        : null;
}
