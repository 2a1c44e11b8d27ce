using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Twilio.Media;

/// <summary>All that a file is made from, and so all that has to be known of it: it is encoded in its address.</summary>
/// <param name="ContentType">What it is said to be.</param>
/// <param name="Actual">What its bytes are.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Seconds">How long it lasts; 0 for what is no audio.</param>
/// <param name="Says">What is said in it.</param>
/// <param name="Announced">The <c>Content-Length</c> in place of its size.</param>
/// <param name="Chunked">No <c>Content-Length</c>.</param>
/// <param name="BytesPerSecond">How fast it comes.</param>
/// <param name="RedirectTo">Where the API redirects to, in place of where it is.</param>
/// <param name="Nonce">Tells it from others like it.</param>
internal sealed record MediaSpec(
    [property: JsonPropertyName("t")] string ContentType,
    [property: JsonPropertyName("a")] string Actual,
    [property: JsonPropertyName("n")] long Size,
    [property: JsonPropertyName("s")] double Seconds,
    [property: JsonPropertyName("w")] string? Says,
    [property: JsonPropertyName("l")] long? Announced,
    [property: JsonPropertyName("c")] bool Chunked,
    [property: JsonPropertyName("p")] int? BytesPerSecond,
    [property: JsonPropertyName("r")] string? RedirectTo,
    [property: JsonPropertyName("x")] string Nonce)
{
    public static MediaSpec Of(NewMedia media)
    {
        var actual = media.ActualContentType ?? media.ContentType!;
        var format = MediaFormats.Of(actual);
        var seconds = format.SecondsOf(media);
        return new MediaSpec(
            media.ContentType!,
            actual,
            media.SizeBytes ?? format.UsualSize(seconds, media.Says),
            seconds,
            media.Says,
            media.AnnouncedBytes,
            media.Chunked,
            media.BytesPerSecond,
            media.RedirectTo,
            RandomNumberGenerator.GetHexString(12, lowercase: true));
    }

    /// <summary>Its bytes, <see cref="Size"/> of them, a piece at a time: none is kept.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Bytes()
    {
        var left = Size;
        foreach (var piece in MediaFormats.Of(Actual).Make(this).Concat(Filler.Forever))
        {
            if (left == 0)
            {
                yield break;
            }

            var part = piece.Length <= left ? piece : piece[..(int)left];
            left -= part.Length;
            yield return part;
        }
    }
}
