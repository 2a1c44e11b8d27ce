using System.Text.RegularExpressions;

namespace Switchboard.Core.Social.Platforms;

/// <summary>A part of a text.</summary>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="Length">How long it is, likewise.</param>
/// <param name="Value">What it names: an address, a tag without its sign, a handle without its sign.</param>
public readonly record struct TextPart(int Start, int Length, string Value)
{
    /// <summary>Where the text goes on.</summary>
    public int End => Start + Length;
}

/// <summary>What platforms find in a text and treat apart: links, hashtags and mentions.</summary>
public static partial class PostEntities
{
    // top-level domains by which X finds an address without a scheme; the two-letter ones only before a path
    private const string Domains =
        "com|net|org|edu|gov|mil|int|info|biz|name|pro|mobi|app|dev|page|blog|shop|store|online|site|tech|cloud|xyz|top|club|art|news|" +
        "media|social|space|live|life|world|website|agency|digital|design|studio|events|link|one|co|tv";

    /// <summary>The addresses with a scheme, without punctuation that ends the sentence.</summary>
    public static IEnumerable<TextPart> Links(string text) => Enumerate(LinkPattern(), text);

    /// <summary>The same with addresses that have none (<c>example.com/page</c>), as X shortens them too.</summary>
    public static IEnumerable<TextPart> LinksOfX(string text) => Enumerate(BareLinkPattern(), text);

    /// <summary>The hashtags, each with more than digits.</summary>
    public static IEnumerable<TextPart> Tags(string text) =>
        from Match match in TagPattern().Matches(text)
        let tag = match.Groups["tag"].Value
        where !tag.All(char.IsDigit)
        select new TextPart(match.Index, match.Length, tag);

    /// <summary>The mentions: <c>@name</c>, <c>@name@server</c>, <c>@name.example</c>.</summary>
    public static IEnumerable<TextPart> Mentions(string text) =>
        from Match match in MentionPattern().Matches(text)
        select new TextPart(match.Index, match.Length, match.Value[1..]);

    private static IEnumerable<TextPart> Enumerate(Regex pattern, string text)
    {
        foreach (Match match in pattern.Matches(text))
        {
            var address = WithoutEnd(match.Value);
            // "https://" alone is none
            if (!address.EndsWith("://", StringComparison.Ordinal))
                yield return new(match.Index, address.Length, address);
        }
    }

    // a closing bracket is part of it if it was opened there: https://en.wikipedia.org/wiki/Switch_(band)
    private static string WithoutEnd(string address)
    {
        var end = address.Length;
        while (end > 0)
        {
            var last = address[end - 1];
            var isEnd = last is '.' or ',' or ';' or ':' or '!' or '?' or '\'' or '*' or '…' or '。' or '、'
                || (last == ')' && IsUnopened(address.AsSpan(0, end), '(', ')'))
                || (last == ']' && IsUnopened(address.AsSpan(0, end), '[', ']'));
            if (!isEnd)
                break;
            end--;
        }

        return address[..end];
    }

    private static bool IsUnopened(ReadOnlySpan<char> address, char open, char close) => address.Count(close) > address.Count(open);

    [GeneratedRegex(@"(?<![\p{L}\p{N}_@])https?://[^\s<>""{}|\\^`]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex LinkPattern();

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}_@$#./-])(?:https?://[^\s<>""{}|\\^`]+" +
        @"|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}" +
        @"(?:(?:" + Domains + @")(?![\p{L}\p{N}_@-]|\.[a-z0-9])|[a-z]{2}(?=/))(?:/[^\s<>""{}|\\^`]*)?)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex BareLinkPattern();

    [GeneratedRegex(@"(?<![\p{L}\p{M}\p{N}_&/#＃])[#＃](?<tag>[\p{L}\p{M}\p{N}_]+)", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(
        @"(?<![\p{L}\p{N}_@/.=-])@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*(?:@[a-z0-9]+(?:[.-]+[a-z0-9]+)*)?",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex MentionPattern();
}
