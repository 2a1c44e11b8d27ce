using System.Globalization;
using System.Text;
using Switchboard.Core.Rules;

namespace Switchboard.Core.Social.Platforms;

/// <summary>A file, as the rules of platforms look at it.</summary>
/// <param name="Id">Its id in <c>social_media</c>.</param>
/// <param name="ContentType">What its bytes say it is.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="Width">In pixels; null where not known.</param>
/// <param name="Height">In pixels; null where not known.</param>
/// <param name="Duration">Of a video; null where not known.</param>
public sealed record MediaFacts(Guid Id, string ContentType, long Bytes, int? Width, int? Height, TimeSpan? Duration);

/// <summary>Why a platform would refuse a post.</summary>
/// <param name="Code">What is wrong, for programs.</param>
/// <param name="Message">The same for people, with what to do.</param>
/// <param name="Field">Where: <c>text</c>, <c>link</c>, <c>media</c>, <c>media[0]</c> …</param>
public sealed record PostProblem(string Code, string Message, string Field);

/// <summary>
/// What each platform takes, so that it is told before a post is scheduled; and the text as the platform gets it, the same for who checks
/// it and for who sends it.
/// </summary>
public static class PostRules
{
    // of Bluesky, beside its 300 graphemes (app.bsky.feed.post: maxLength)
    private const int BlueskyBytes = 3_000;

    // of Instagram (IG User Media: caption)
    private const int InstagramTags = 30;
    private const int InstagramMentions = 20;

    private const int LongestLink = 2_000;

    /// <summary>What a platform would refuse of a post; empty if nothing.</summary>
    public static IReadOnlyList<PostProblem> Check(
        PlatformDefinition platform, string text, string? link, IReadOnlyList<MediaFacts> media)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(media);
        var rendered = Render(platform, text, link);
        var problems = new List<PostProblem>();
        if (rendered.Length == 0 && string.IsNullOrWhiteSpace(link) && media.Count == 0)
            problems.Add(new("empty-post", "The post has neither a text nor a link nor media.", "text"));
        if (!string.IsNullOrWhiteSpace(link) && !IsLink(link))
            problems.Add(new("link-invalid", $"The link must be an http or https address of at most {LongestLink} characters.", "link"));
        problems.AddRange(CheckText(platform, rendered));
        problems.AddRange(MediaRules.Check(platform, media));
        return problems;
    }

    /// <summary>How long the text is, as the platform counts it, with its link where that follows the text.</summary>
    public static int LengthOf(PlatformDefinition platform, string text, string? link)
    {
        ArgumentNullException.ThrowIfNull(platform);
        return Count(platform, Render(platform, text, link));
    }

    /// <summary>
    /// The text as the platform gets it: composed (NFC), with line breaks of one form and no space around it, as platforms keep it and give
    /// it back; the link follows it where the platform makes no card of it.
    /// </summary>
    public static string Render(PlatformDefinition platform, string text, string? link)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(text);
        var lines = Canonical(text);
        return platform.Name == SocialPlatforms.Facebook ? lines : WithLink(lines, link);
    }

    /// <summary>A text with the link after it, unless it names it already.</summary>
    public static string WithLink(string text, string? link)
    {
        ArgumentNullException.ThrowIfNull(text);
        var address = link?.Trim() ?? "";
        return address.Length == 0 || PostEntities.Links(text).Any(known => known.Value == address) ? text
            : text.Length == 0 ? address
            : $"{text}\n{address}";
    }

    /// <summary>
    /// A text in the one form in which two are compared: composed, line breaks as <c>\n</c>, no space around it.
    /// </summary>
    public static string Canonical(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Composed(text.ReplaceLineEndings("\n").Trim());
    }

    private static IEnumerable<PostProblem> CheckText(PlatformDefinition platform, string rendered)
    {
        var length = Count(platform, rendered);
        if (length > platform.MaxText)
            yield return new("text-too-long", TooLong(platform, length), "text");
        switch (platform.Name)
        {
            case SocialPlatforms.Bluesky when Encoding.UTF8.GetByteCount(rendered) is > BlueskyBytes and var bytes:
                yield return new("text-too-long", Say($"Bluesky takes {BlueskyBytes} bytes of UTF-8; these are {bytes}."), "text");
                break;
            case SocialPlatforms.Instagram:
                if (PostEntities.Tags(rendered).Count() is > InstagramTags and var tags)
                    yield return new("too-many-hashtags", Say($"Instagram takes {InstagramTags} hashtags; these are {tags}."), "text");
                if (PostEntities.Mentions(rendered).Count() is > InstagramMentions and var mentions)
                {
                    yield return new(
                        "too-many-mentions", Say($"Instagram takes {InstagramMentions} mentions; these are {mentions}."), "text");
                }

                break;
        }
    }

    private static int Count(PlatformDefinition platform, string rendered) =>
        TextLength.Of(
            platform.Unit, platform.Name == SocialPlatforms.LinkedIn ? LinkedInText.Escape(rendered) : rendered, platform.LinkLength);

    private static string TooLong(PlatformDefinition platform, int length)
    {
        var how = platform.Name switch
        {
            SocialPlatforms.X => " as it counts: a link is 23, an emoji or a CJK character 2",
            SocialPlatforms.Mastodon => Say($" as it counts: a link is {platform.LinkLength}, a mention is without its server"),
            SocialPlatforms.LinkedIn => @" as it counts: each of \ < > # ~ _ | [ ] * ( ) { } @ is 2",
            _ => "",
        };
        return Say($"{platform.Label} takes {platform.MaxText:N0} characters; these are {length:N0}{how}.");
    }

    // composing takes more than linear time of a run of marks; what is that long is refused by its length in any form
    private static string Composed(string text) => text.Length > 70_000 ? text : FoldedText.Composed(text);

    private static bool IsLink(string link) =>
        link.Trim().Length <= LongestLink && Uri.TryCreate(link.Trim(), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
