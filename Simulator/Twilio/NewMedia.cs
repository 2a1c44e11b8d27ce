using System.Text;

namespace Switchboard.Simulator.Twilio;

/// <summary>A file of a text, made up when it is fetched.</summary>
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
    public string? Mistake =>
        string.IsNullOrWhiteSpace(ContentType) ? "contentType: name it, such as image/jpeg."
        : SizeBytes is < 0 or > 10_000_000_000 ? "sizeBytes: use 0 to 10000000000."
        : Seconds is not (null or (>= 0 and <= 86_400)) ? "seconds: use 0 to 86400."
        : Says is not null && Encoding.UTF8.GetByteCount(Says) > LongestSpeechBytes ? $"says: use {LongestSpeechBytes} bytes at the most."
        : AnnouncedBytes < 0 ? "announcedBytes: use 0 or more."
        : BytesPerSecond < 1 ? "bytesPerSecond: use 1 or more."
        : null;
}
