using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// The record of a post (lexicon <c>app.bsky.feed.post</c>): the same through all attempts, as its key is, so that writing it twice makes
/// one.
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
/// The key of a target's record: a TID (atproto.com/specs/tid) of its time and its id, the same however often it is made. Targets of one
/// second differ in 30 bits.
/// </summary>
internal static class RecordKey
{
    private const string Digits = "234567abcdefghijklmnopqrstuvwxyz";
    private const int Length = 13;

    public static string Of(DateTimeOffset dueAt, Guid targetId)
    {
        var hash = SHA256.HashData(targetId.ToByteArray());
        var microseconds = (dueAt.ToUnixTimeSeconds() * 1_000_000) + (BinaryPrimitives.ReadUInt32BigEndian(hash) % 1_000_000);
        var value = (microseconds << 10) | (uint)(BinaryPrimitives.ReadUInt16BigEndian(hash.AsSpan(4)) & 0x3FF);
        return string.Create(Length, value, static (key, value) =>
        {
            for (var i = Length - 1; i >= 0; i--, value >>= 5)
                key[i] = Digits[(int)(value & 31)];
        });
    }
}
