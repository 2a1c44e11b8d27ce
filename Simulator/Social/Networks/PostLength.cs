using System.Globalization;
using System.Text.RegularExpressions;

namespace Switchboard.Simulator.Social;

/// <summary>How long a text is, as each platform counts.</summary>
internal static partial class PostLength
{
    private const int Link = 23;

    public static int CodePoints(string text) => text.EnumerateRunes().Count();

    public static int Graphemes(string text) => new StringInfo(text).LengthInTextElements;

    /// <summary>X: a link is 23, an emoji 2, other characters 1 or 2.</summary>
    public static int Weighted(string text)
    {
        var length = Links().Count(text) * Link;
        var elements = StringInfo.GetTextElementEnumerator(Links().Replace(text, ""));
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            length += IsEmoji(element) ? 2 : element.EnumerateRunes().Sum(rune => IsLight(rune.Value) ? 1 : 2);
        }

        return length;
    }

    /// <summary>Mastodon: a link is 23, a mention counts without its domain.</summary>
    public static int Mastodon(string text) =>
        Graphemes(Mentions().Replace(Links().Replace(text, new string('x', Link)), "@${name}"));

    /// <summary>The links of a text, as X finds them.</summary>
    public static MatchCollection LinksOf(string text) => Links().Matches(text);

    public static string ReplaceLinks(string text, MatchEvaluator with) => Links().Replace(text, with);

    // the ranges of the library that X publishes for it (twitter-text, v3)
    private static bool IsLight(int character) =>
        character is <= 4_351 or (>= 8_192 and <= 8_205) or (>= 8_208 and <= 8_223) or (>= 8_242 and <= 8_247);

    private static bool IsEmoji(string element) => element.EnumerateRunes().Any(rune =>
        rune.Value is >= 0x1F000 and <= 0x1FAFF or 0x20E3 or 0xFE0F or (>= 0x2600 and <= 0x27BF));

    [GeneratedRegex(@"https?://[^\s<>""]+[^\s<>"".,;:!?)\]}']")]
    private static partial Regex Links();

    [GeneratedRegex(@"@(?<name>\w+)@[\w.-]+\w")]
    private static partial Regex Mentions();
}
