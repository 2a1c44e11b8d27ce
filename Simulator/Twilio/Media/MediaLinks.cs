using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// The addresses of files. The id of a file is what it is made from, so nothing is lost when the simulator starts again.
/// </summary>
internal sealed class MediaLinks(SimulatorAddress address, IOptions<TwilioOptions> options, TimeProvider timeProvider)
{
    public const string CdnPath = "/twilio/cdn";
    private const string Kind = "ME";
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(4);
    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.AuthToken);

    /// <summary>Where the API has it: what a webhook names.</summary>
    public string Resource(string messageSid, MediaSpec spec)
    {
        var id = Kind + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(spec, TwilioJson.Readable.MediaSpec));
        return $"{address.Url}/twilio/2010-04-01/Accounts/{options.Value.AccountSid}/Messages/{messageSid}/Media/{id}";
    }

    /// <summary>Where it is: anybody who has this address may fetch it, for some hours.</summary>
    public string Cdn(string id)
    {
        var expires = (timeProvider.GetUtcNow() + GoodFor).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{address.Url}{CdnPath}/{id}?Expires={expires}&Signature={Sign(id, expires)}";
    }

    public bool IsGood(string id, string expires, string signature) =>
        signature == Sign(id, expires)
        && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at >= timeProvider.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>What a file is made from; null when there is none of that id.</summary>
    public static MediaSpec? Find(string id)
    {
        try
        {
            return id.StartsWith(Kind, StringComparison.Ordinal)
                ? JsonSerializer.Deserialize(Base64Url.DecodeFromChars(id.AsSpan(Kind.Length)), TwilioJson.Readable.MediaSpec)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private string Sign(string id, string expires) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{id}\n{expires}")));
}

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
