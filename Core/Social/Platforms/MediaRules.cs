using System.Globalization;

namespace Switchboard.Core.Social.Platforms;

/// <summary>A kind of file, as a platform takes it.</summary>
/// <param name="Name">What people call one.</param>
/// <param name="Types">Its content types.</param>
/// <param name="MaxBytes">The largest.</param>
/// <param name="Most">How many a post has.</param>
internal sealed record FileRule(string Name, IReadOnlyList<string> Types, long MaxBytes, int Most)
{
    /// <summary>One, with its article.</summary>
    public string One => (Name[0] is 'i' ? "an " : "a ") + Name;

    /// <summary>The least and the greatest width for a height; null for any.</summary>
    public (double Least, double Most)? Ratio { get; init; }

    /// <summary>The most pixels; null for any.</summary>
    public long? MaxPixels { get; init; }

    /// <summary>The shortest video; null for any.</summary>
    public TimeSpan? Shortest { get; init; }

    /// <summary>The longest video; null for any.</summary>
    public TimeSpan? Longest { get; init; }
}

/// <summary>
/// The media that a platform takes. Read in: Meta's <c>ig-user/media</c> and <c>page/photos</c>, X's media best practices, LinkedIn's
/// Images, Videos and MultiImage APIs, Mastodon's <c>MediaAttachment</c>, the lexicons <c>app.bsky.embed.images</c> and <c>.video</c>.
/// </summary>
/// <param name="Most">How many files a post has.</param>
/// <param name="Files">The kinds of files.</param>
/// <param name="AreMixed">Whether files of several kinds may be in a post.</param>
/// <param name="AreRequired">Whether a post needs one.</param>
internal sealed record MediaRules(int Most, IReadOnlyList<FileRule> Files, bool AreMixed = false, bool AreRequired = false)
{
    private const long Mebibyte = 1_024 * 1_024;
    private const long Megabyte = 1_000_000;

    private const string Jpeg = "image/jpeg";
    private const string Png = "image/png";
    private const string Gif = "image/gif";
    private const string WebP = "image/webp";
    private const string Mp4 = "video/mp4";
    private const string QuickTime = "video/quicktime";

    private static readonly Dictionary<string, MediaRules> OfPlatforms = new()
    {
        [SocialPlatforms.Instagram] = new(
            10,
            [
                new("image", [Jpeg], 8 * Mebibyte, 10) { Ratio = (4 / 5.0, 1.91) },
                new("video", [Mp4, QuickTime], 300 * Megabyte, 10)
                {
                    Shortest = TimeSpan.FromSeconds(3),
                    Longest = TimeSpan.FromMinutes(15),
                },
            ],
            AreMixed: true,
            AreRequired: true),
        [SocialPlatforms.Facebook] = new(
            10,
            [
                new("image", [Jpeg, Png, Gif, "image/bmp", "image/tiff"], 10 * Megabyte, 10),
                new("video", [Mp4, QuickTime], 1_000 * Megabyte, 1) { Longest = TimeSpan.FromMinutes(20) },
            ]),
        [SocialPlatforms.X] = new(
            4,
            [
                new("image", [Jpeg, Png, WebP], 5 * Megabyte, 4),
                new("GIF", [Gif], 15 * Megabyte, 1),
                new("video", [Mp4, QuickTime], 512 * Megabyte, 1)
                {
                    Shortest = TimeSpan.FromSeconds(0.5),
                    Longest = TimeSpan.FromSeconds(140),
                },
            ]),
        [SocialPlatforms.LinkedIn] = new(
            20,
            [
                new("image", [Jpeg, Png, Gif], 10 * Megabyte, 20) { MaxPixels = 36_152_320 },
                new("video", [Mp4], 500 * Megabyte, 1) { Shortest = TimeSpan.FromSeconds(3), Longest = TimeSpan.FromMinutes(30) },
            ]),
        [SocialPlatforms.Mastodon] = new(
            4,
            [
                new("image", [Jpeg, Png, Gif, WebP, "image/heic", "image/avif"], 16 * Mebibyte, 4) { MaxPixels = 33_177_600 },
                new("video", [Mp4, QuickTime, "video/webm"], 99 * Mebibyte, 1),
            ]),
        [SocialPlatforms.Bluesky] = new(
            4,
            [
                new("image", [Jpeg, Png, WebP, Gif], 2 * Megabyte, 4),
                new("video", [Mp4], 100 * Megabyte, 1) { Longest = TimeSpan.FromMinutes(3) },
            ]),
    };

    /// <summary>What a platform would refuse of the media of a post.</summary>
    public static IEnumerable<PostProblem> Check(PlatformDefinition platform, IReadOnlyList<MediaFacts> media)
    {
        var rules = OfPlatforms[platform.Name];
        rules = platform.MaxMedia is { } most ? rules with { Most = most } : rules;
        if (rules.AreRequired && media.Count == 0)
            yield return new("media-required", $"{platform.Label} takes no post without an image or a video.", "media");
        if (media.Count > rules.Most)
        {
            yield return new(
                "too-many-media", Say($"{platform.Label} takes {rules.Most} files in a post; these are {media.Count}."), "media");
        }

        var kinds = media.Select(file => rules.Files.FirstOrDefault(kind => kind.Types.Contains(file.ContentType))).ToList();
        foreach (var kind in rules.Files.Where(kind => kind.Most < rules.Most && kinds.Count(other => other == kind) > kind.Most))
        {
            var many = kind.Most == 1 ? kind.One : Say($"{kind.Most} {kind.Name}s");
            yield return new("too-many-media", $"{platform.Label} takes {many} in a post, and no more.", "media");
        }

        if (!rules.AreMixed && kinds.OfType<FileRule>().Distinct().Select(kind => kind.Name).ToList() is { Count: > 1 } names)
            yield return new("mixed-media", $"{platform.Label} takes no {string.Join(" together with a ", names)} in a post.", "media");

        for (var i = 0; i < media.Count; i++)
        {
            foreach (var (code, message) in kinds[i] is { } kind ? OfFile(platform, kind, media[i]) : [OfType(platform, rules, media[i])])
                yield return new(code, message, Say($"media[{i}]"));
        }
    }

    private static (string Code, string Message) OfType(PlatformDefinition platform, MediaRules rules, MediaFacts file)
    {
        var kind = rules.Files.FirstOrDefault(kind => file.ContentType.StartsWith(kind.Types[0][..6], StringComparison.Ordinal));
        var types = (kind is null ? rules.Files : [kind]).SelectMany(one => one.Types);
        return ("media-type", $"{platform.Label} takes no {file.ContentType}, but {string.Join(", ", types)}.");
    }

    private static IEnumerable<(string Code, string Message)> OfFile(PlatformDefinition platform, FileRule rule, MediaFacts file)
    {
        if (file.Bytes > rule.MaxBytes)
            yield return ("media-too-large", $"{platform.Label} takes {rule.One} of {Size(rule.MaxBytes)}; this is {Size(file.Bytes)}.");
        if (file is { Width: > 0 and var width, Height: > 0 and var height })
        {
            var ratio = (double)width / height;
            if (rule.Ratio is { } range && (ratio < range.Least || ratio > range.Most))
            {
                yield return ("aspect-ratio", Say(
                    $"{platform.Label} takes {rule.One} whose width is {range.Least:0.##} to {range.Most:0.##} of its height, not {ratio:0.##}."));
            }

            if ((long)width * height > rule.MaxPixels)
            {
                yield return ("media-dimensions", Say(
                    $"{platform.Label} takes {rule.One} of {rule.MaxPixels:N0} pixels; this is {width} x {height}."));
            }
        }

        if (file.Duration < rule.Shortest)
            yield return ("video-too-short", $"{platform.Label} takes {rule.One} of at least {Seconds(rule.Shortest)} s.");
        if (file.Duration > rule.Longest)
        {
            yield return ("video-too-long",
                $"{platform.Label} takes {rule.One} of at most {Seconds(rule.Longest)} s; this is {Seconds(file.Duration)} s.");
        }
    }

    private static string Seconds(TimeSpan? time) => time!.Value.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);

    // in the unit in which the platform tells its limit
    private static string Size(long bytes) =>
        bytes % Mebibyte == 0 ? Say($"{bytes / Mebibyte} MiB") : Say($"{bytes / (double)Megabyte:0.##} MB");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
