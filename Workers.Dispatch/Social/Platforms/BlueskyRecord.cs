using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// The record of a post (lexicon <c>app.bsky.feed.post</c>), written under the one key of its target, so that writing it twice makes one.
/// </summary>
internal sealed record BlueskyRecord(
    string Text, string CreatedAt, IReadOnlyList<BlueskyRecord.Facet>? Facets = null, BlueskyRecord.Embedded? Embed = null)
{
    [JsonPropertyName("$type")]
    [JsonPropertyOrder(-1)]
    public string Type { get; } = BlueskyClient.Collection;

    /// <summary>A part of the text that is a link, a tag or a mention; from byte to byte of its UTF-8.</summary>
    internal sealed record Facet(ByteSlice Index, IReadOnlyList<Feature> Features);

    internal sealed record ByteSlice(int ByteStart, int ByteEnd);

    internal sealed record Feature(
        [property: JsonPropertyName("$type")] string Type, string? Uri = null, string? Tag = null, string? Did = null);

    internal sealed record Embedded([property: JsonPropertyName("$type")] string Type)
    {
        public IReadOnlyList<Image>? Images { get; init; }

        public JsonElement? Video { get; init; }

        public string? Alt { get; init; }

        public Ratio? AspectRatio { get; init; }
    }

    /// <summary>An image: its blob is given back as it was got.</summary>
    internal sealed record Image([property: JsonPropertyName("image")] JsonElement Blob, string Alt, Ratio? AspectRatio);

    internal sealed record Ratio(int Width, int Height);

    /// <summary>The record of a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="media">Its files: the blobs as the server has told them.</param>
    /// <param name="mentions">The accounts of handles.</param>
    public static BlueskyRecord Of(
        PublishTarget target, IReadOnlyList<PreparedMedia> media, IReadOnlyDictionary<string, string> mentions)
    {
        var facets = FacetsOf(target.Text, mentions);
        return new(
            target.Text,
            target.DueAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            facets.Count == 0 ? null : facets,
            EmbedOf(target, media));
    }

    /// <summary>Links, tags and mentions of accounts that there are, where they are in the text's UTF-8.</summary>
    public static IReadOnlyList<Facet> FacetsOf(string text, IReadOnlyDictionary<string, string> mentions)
    {
        var links = PostEntities.Links(text).ToList();
        var parts = links.Select(link => (Part: link, Feature: new Feature("app.bsky.richtext.facet#link", Uri: link.Value)))
            .Concat(PostEntities.Tags(text).Where(IsOutside).Select(
                tag => (Part: tag, Feature: new Feature("app.bsky.richtext.facet#tag", Tag: tag.Value))))
            .Concat(
                from mention in PostEntities.Mentions(text).Where(IsOutside)
                let did = mentions.GetValueOrDefault(mention.Value)
                where !string.IsNullOrEmpty(did)
                select (Part: mention, Feature: new Feature("app.bsky.richtext.facet#mention", Did: did)));
        return [.. parts.OrderBy(part => part.Part.Start).Select(
            part => new Facet(new(Bytes(part.Part.Start), Bytes(part.Part.End)), [part.Feature]))];

        bool IsOutside(TextPart part) => !links.Exists(link => part.Start < link.End && part.End > link.Start);

        int Bytes(int length) => Encoding.UTF8.GetByteCount(text.AsSpan(0, length));
    }

    private static Embedded? EmbedOf(PublishTarget target, IReadOnlyList<PreparedMedia> media)
    {
        if (media.Count == 0)
            return null;
        if (target.Media[0].IsVideo)
        {
            return new("app.bsky.embed.video")
            {
                Video = Blob(media[0]),
                Alt = target.Media[0].AltText,
                AspectRatio = RatioOf(target.Media[0]),
            };
        }

        return new("app.bsky.embed.images")
        {
            Images = [.. media.Zip(target.Media, (blob, file) => new Image(Blob(blob), file.AltText ?? "", RatioOf(file)))],
        };

        static JsonElement Blob(PreparedMedia file) => JsonElement.Parse(file.Id);

        static Ratio? RatioOf(PublishMedia file) =>
            file is { Width: > 0 and var width, Height: > 0 and var height } ? new(width, height) : null;
    }
}

/// <summary>
/// The key of a target's record: a TID (atproto.com/specs/tid) of the target's id alone, since another time may be given to a post between
/// two attempts. Its time is that of the id, to 18 minutes: the targets of those, which a single call may have made, differ in 40 bits.
/// </summary>
internal static class RecordKey
{
    private const string Digits = "234567abcdefghijklmnopqrstuvwxyz";
    private const int Length = 13;

    // the clock's ten, and of the microseconds the last thirty
    private const long OwnBits = (1L << 40) - 1;

    public static string Of(Guid targetId)
    {
        Span<byte> id = stackalloc byte[16];
        targetId.TryWriteBytes(id, bigEndian: true, out _);
        var microseconds = (BinaryPrimitives.ReadInt64BigEndian(id) >>> 16) * 1_000;
        var own = BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(id)) & OwnBits;
        var value = ((microseconds << 10) & long.MaxValue & ~OwnBits) | own;
        return string.Create(Length, value, static (key, value) =>
        {
            for (var i = Length - 1; i >= 0; i--, value >>= 5)
                key[i] = Digits[(int)(value & 31)];
        });
    }
}
