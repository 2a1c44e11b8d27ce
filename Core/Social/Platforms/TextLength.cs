using System.Globalization;
using System.Text;

namespace Switchboard.Core.Social.Platforms;

/// <summary>
/// How long a text is in each platform's counting. X: twitter-text, <c>config/v3.json</c>; Mastodon: <c>StatusLengthValidator</c>.
/// </summary>
internal static class TextLength
{
    private const int Heavy = 2;

    // joined emoji: of a family with the colours of their skin
    private const int Joiner = 0x200D;
    private const int EmojiStyle = 0xFE0F;
    private const int KeycapMark = 0x20E3;

    /// <summary>The length of a text.</summary>
    /// <param name="unit">What is counted.</param>
    /// <param name="text">The text.</param>
    /// <param name="linkLength">Where each link counts the same, how long that is.</param>
    public static int Of(PostUnit unit, string text, int linkLength) => unit switch
    {
        PostUnit.CodePoints => CodePointsOf(text),
        PostUnit.Graphemes => GraphemesOf(text),
        PostUnit.Weighted => WeightOf(text, linkLength),
        PostUnit.Mastodon => MastodonOf(text, linkLength),
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, null),
    };

    private static int CodePointsOf(ReadOnlySpan<char> text)
    {
        var points = 0;
        foreach (var _ in text.EnumerateRunes())
            points++;
        return points;
    }

    private static int GraphemesOf(ReadOnlySpan<char> text)
    {
        var graphemes = 0;
        for (; text.Length > 0; graphemes++)
            text = text[StringInfo.GetNextTextElementLength(text)..];
        return graphemes;
    }

    private static int WeightOf(string text, int linkLength)
    {
        var (weight, at) = (0, 0);
        foreach (var link in PostEntities.LinksOfX(text))
        {
            weight += WeightOfWords(text.AsSpan(at, link.Start - at)) + linkLength;
            at = link.End;
        }

        return weight + WeightOfWords(text.AsSpan(at));
    }

    // an emoji is two however many parts it has; of everything else each code point has its weight
    private static int WeightOfWords(ReadOnlySpan<char> text)
    {
        var weight = 0;
        while (text.Length > 0)
        {
            var element = text[..StringInfo.GetNextTextElementLength(text)];
            weight += IsEmoji(element) ? Heavy : WeightOfElement(element);
            text = text[element.Length..];
        }

        return weight;
    }

    private static int WeightOfElement(ReadOnlySpan<char> element)
    {
        var weight = 0;
        foreach (var rune in element.EnumerateRunes())
        {
            var isLight = rune.Value is <= 0x10FF or (>= 0x2000 and <= 0x200D) or (>= 0x2010 and <= 0x201F) or (>= 0x2032 and <= 0x2037);
            weight += isLight ? 1 : Heavy;
        }

        return weight;
    }

    // what has several code points and is drawn as one picture: flags, keycaps, joined ones, with a colour of skin or the mark of style
    private static bool IsEmoji(ReadOnlySpan<char> element)
    {
        Rune.DecodeFromUtf16(element, out var first, out var length);
        if (length == element.Length)
            return false;
        var isPicture = first.Value is >= 0x203C and <= 0x3299 or >= 0x1F000 and <= 0x1FAFF;
        foreach (var rune in element[length..].EnumerateRunes())
        {
            if (rune.Value is EmojiStyle or KeycapMark)
                return true;
            var isJoined = rune.Value is Joiner or (>= 0x1F1E6 and <= 0x1F1FF) or (>= 0x1F3FB and <= 0x1F3FF)
                or (>= 0xE0020 and <= 0xE007F);
            if (isPicture && isJoined)
                return true;
        }

        return false;
    }

    private static int MastodonOf(string text, int linkLength)
    {
        var shown = new StringBuilder(text.Length);
        var at = 0;
        foreach (var (part, instead) in PostEntities.Links(text).Select(link => (Part: link, Shown: new string('x', linkLength)))
            .Concat(PostEntities.Mentions(text).Select(mention => (Part: mention, Shown: '@' + mention.Value.Split('@')[0])))
            .OrderBy(replaced => replaced.Part.Start))
        {
            // a mention within a link is none
            if (part.Start < at)
                continue;
            shown.Append(text, at, part.Start - at).Append(instead);
            at = part.End;
        }

        return GraphemesOf(shown.Append(text, at, text.Length - at).ToString());
    }
}
