using System.Text;
using MimeKit.Text;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// The text that a person would read in an HTML mail: without tags, scripts and styles, with a new line for each block. Goes through the
/// mail once, whatever is in it.
/// </summary>
internal static class HtmlText
{
    private const int Longest = 1_000_000;

    private static readonly HashSet<string> Unread = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "title", "template", "noscript" };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
    };

    public static string From(string html)
    {
        var text = new StringBuilder(Math.Min(html.Length, Longest));
        using var reader = new StringReader(html.Length > Longest ? html[..Longest] : html);
        // a tag that is cut off comes as data: only before its entities are decoded it can be told from text
        var tokenizer = new HtmlTokenizer(reader) { DecodeCharacterReferences = false };
        string? unread = null;
        string? data = null;
        while (tokenizer.ReadNextToken(out var token))
        {
            Append(text, data);
            data = null;
            if (token is HtmlTagToken tag)
                unread = Read(tag, unread, text);
            else if (unread is null && token is HtmlDataToken { Kind: HtmlTokenKind.Data or HtmlTokenKind.CData } said)
                data = said.Data;
        }

        if (!IsCutTag(data))
            Append(text, data);
        return MimeText.WithoutControls(Tidy(text.ToString()));
    }

    // what is not read ends with its own end, whatever stands between
    private static string? Read(HtmlTagToken tag, string? unread, StringBuilder text)
    {
        if (unread is not null)
            return tag.IsEndTag && tag.Name.Equals(unread, StringComparison.OrdinalIgnoreCase) ? null : unread;
        if (Unread.Contains(tag.Name))
            return tag.IsEndTag || tag.IsEmptyElement ? null : tag.Name;
        if (Blocks.Contains(tag.Name))
            text.Append('\n');
        else if (tag.Id is HtmlTagId.TD or HtmlTagId.TH)
            text.Append(' ');
        return null;
    }

    private static void Append(StringBuilder text, string? data)
    {
        if (!string.IsNullOrEmpty(data))
            text.Append(HtmlUtils.HtmlDecode(data));
    }

    private static bool IsCutTag(string? data) => data is ['<', var next, ..] && (char.IsAsciiLetter(next) || next is '/' or '!' or '?');

    // lines without space around them, and no more than one empty one between two
    private static string Tidy(string text)
    {
        var tidy = new StringBuilder(text.Length);
        var empty = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
            {
                empty++;
                continue;
            }

            if (tidy.Length > 0)
                tidy.Append(empty > 0 ? "\n\n" : "\n");
            AppendCollapsed(tidy, line.Trim());
            empty = 0;
        }

        return tidy.ToString();
    }

    private static void AppendCollapsed(StringBuilder text, ReadOnlySpan<char> line)
    {
        var white = false;
        foreach (var letter in line)
        {
            if (!char.IsWhiteSpace(letter))
                text.Append(letter);
            else if (!white)
                text.Append(' ');
            white = char.IsWhiteSpace(letter);
        }
    }
}
