using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>The forms of the AT protocol: names of records, hashes of what is in them, and what the app takes as a post.</summary>
internal static partial class AtProtocol
{
    public const string Posts = "app.bsky.feed.post";
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int LongestText = 300;
    private const int MostTextBytes = 3_000;
    private const int MostImages = 4;
    private const long MostImageBytes = 2_000_000;

    /// <summary>In base 32 (RFC 4648), in small letters.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var one in bytes)
        {
            (buffer, bits) = ((buffer << 8) | one, bits + 8);
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Letters[(buffer >> bits) & 31]);
            }

            buffer &= (1 << bits) - 1;
        }

        return bits > 0 ? text.Append(Letters[(buffer << (5 - bits)) & 31]).ToString() : text.ToString();
    }

    /// <summary>Whether a record may be called so: an id made of the time, which records of posts have.</summary>
    public static bool IsTid(string name) => TidForm().IsMatch(name);

    /// <summary>The hash of a record, the same for the same fields in whatever order.</summary>
    public static string CidOf(JsonElement record) =>
        "bafyrei" + Base32(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(record)))).PadRight(52, 'a');

    public static string BlobCid(string number) => "bafkrei" + Base32(SHA256.HashData(Encoding.UTF8.GetBytes(number))).PadRight(52, 'a');

    /// <summary>Reads a record as a post; null with the message why it is none.</summary>
    public static NewPost? ReadPost(JsonElement record, SocialNetwork network, SocialAccount account, out string problem)
    {
        var media = new List<SocialUpload>();
        string? link = null;
        problem = ControlBody.Text(record, "$type") != Posts ? $"Record/$type must be {Posts}"
            : ControlBody.Text(record, "text") is not { } text ? "Record must have the property \"text\""
            : Encoding.UTF8.GetByteCount(text) > MostTextBytes ? $"Record/text must not be longer than {MostTextBytes} characters"
            : PostLength.Graphemes(text) > LongestText ? $"Record/text must not be longer than {LongestText} graphemes"
            : ControlBody.Text(record, "createdAt") is not { } at || !TimeForm().IsMatch(at)
                ? "Record/createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)"
            : ControlBody.Child(record, "langs") is { ValueKind: JsonValueKind.Array } languages && languages.GetArrayLength() > 3
                ? "Record/langs must not have more than 3 elements"
            : !FacetsAreIn(record, Encoding.UTF8.GetByteCount(text)) ? "Record/facets have byte ranges that are not in the text"
            : EmbedProblem(record, network, account, media, ref link);
        return problem.Length > 0 ? null : new NewPost(ControlBody.Text(record, "text")!) { Link = link, Media = media };
    }

    private static bool FacetsAreIn(JsonElement record, int bytes) =>
        ControlBody.Child(record, "facets") is not { ValueKind: JsonValueKind.Array } facets
        || facets.EnumerateArray().All(facet => ControlBody.Child(facet, "index") is { } index
            && ControlBody.Child(index, "byteStart") is { ValueKind: JsonValueKind.Number } start
            && ControlBody.Child(index, "byteEnd") is { ValueKind: JsonValueKind.Number } end
            && start.GetInt32() >= 0 && start.GetInt32() < end.GetInt32() && end.GetInt32() <= bytes
            && ControlBody.Child(facet, "features") is { ValueKind: JsonValueKind.Array });

    private static string EmbedProblem(
        JsonElement record, SocialNetwork network, SocialAccount account, List<SocialUpload> media, ref string? link)
    {
        if (ControlBody.Child(record, "embed") is not { } embed)
        {
            return "";
        }

        switch (ControlBody.Text(embed, "$type"))
        {
            case "app.bsky.embed.external":
                var external = ControlBody.Child(embed, "external") ?? default;
                link = ControlBody.Text(external, "uri");
                return link is null || ControlBody.Text(external, "title") is null || ControlBody.Text(external, "description") is null
                    ? "Record/embed/external must have the properties \"uri\", \"title\" and \"description\""
                    : "";
            case "app.bsky.embed.images" when ControlBody.Child(embed, "images") is { ValueKind: JsonValueKind.Array } images:
                if (images.GetArrayLength() is < 1 or > MostImages)
                {
                    return $"Record/embed/images must not have more than {MostImages} elements";
                }

                return images.EnumerateArray().Select(image => ImageProblem(image, network, account, media))
                    .FirstOrDefault(one => one.Length > 0) ?? "";
            case "app.bsky.embed.video":
                return Blob(embed, "video", network, account) is not { ContentType: "video/mp4" } video
                    ? "Could not find blob"
                    : Take(video, media);
            default:
                return "Record/embed is of a type that is not known";
        }
    }

    private static string ImageProblem(JsonElement image, SocialNetwork network, SocialAccount account, List<SocialUpload> media)
    {
        if (ControlBody.Text(image, "alt") is not { } alternative)
        {
            return "Record/embed/images must have the property \"alt\"";
        }

        if (Blob(image, "image", network, account) is not { } blob)
        {
            return "Could not find blob";
        }

        blob.AltText = alternative;
        return blob.ContentType?.StartsWith("image/", StringComparison.Ordinal) != true ? "Record/embed/images is no image"
            : blob.Bytes > MostImageBytes ? $"This file is too large. It is {blob.Bytes} but the maximum size is {MostImageBytes}"
            : Take(blob, media);
    }

    private static string Take(SocialUpload blob, List<SocialUpload> media)
    {
        media.Add(blob);
        return "";
    }

    private static SocialUpload? Blob(JsonElement element, string name, SocialNetwork network, SocialAccount account) =>
        ControlBody.Child(element, name) is { } blob && ControlBody.Text(blob, "$type") == "blob"
            && ControlBody.Child(blob, "ref") is { } reference
            ? network.Uploads.Find(ControlBody.Text(reference, "$link"), account)
            : null;

    private static string Canonical(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', element.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal)
            .Select(field => $"{JsonValue.Create(field.Name).ToJsonString()}:{Canonical(field.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.String => JsonValue.Create(element.GetString())!.ToJsonString(),
        _ => element.GetRawText(),
    };

    [GeneratedRegex(@"\A[234567abcdefghij][234567a-z]{12}\z")]
    private static partial Regex TidForm();

    [GeneratedRegex(@"\A\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-][0-2]\d:[0-5]\d)\z")]
    private static partial Regex TimeForm();
}
