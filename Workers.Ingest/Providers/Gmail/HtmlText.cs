using System.Net;
using System.Text;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// The text that a person would read in an HTML mail: without tags, scripts and styles, with a new line for each block. Goes through the
/// mail once, whatever is in it.
/// </summary>
internal static class HtmlText
{
    private static readonly string[] Unread = ["script", "style", "head", "title", "template", "noscript"];

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
    };

    public static string From(string html)
    {
        var text = new StringBuilder(html.Length);
        var at = 0;
        while (at < html.Length)
        {
            var open = html.IndexOf('<', at);
            if (open < 0 || open == html.Length - 1)
            {
                text.Append(html, at, html.Length - at);
                break;
            }

            text.Append(html, at, open - at);
            at = AfterTag(html, open, text);
        }

        return Tidy(WebUtility.HtmlDecode(text.ToString()));
    }

    private static int AfterTag(string html, int open, StringBuilder text)
    {
        if (string.CompareOrdinal(html, open, "<!--", 0, 4) == 0)
            return After(html, "-->", open + 4);
        var name = NameOf(html, open + 1, out var closing);
        if (name.Length == 0 && html[open + 1] is not ('!' or '?' or '/'))
        {
            // 3 < 4
            text.Append('<');
            return open + 1;
        }

        var end = EndOfTag(html, open + 1);
        if (!closing && Array.Find(Unread, unread => unread.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } skipped)
            return After(html, ">", After(html, $"</{skipped}", end));
        if (Blocks.Contains(name))
            text.Append('\n');
        else if (name.Equals("td", StringComparison.OrdinalIgnoreCase) || name.Equals("th", StringComparison.OrdinalIgnoreCase))
            text.Append(' ');
        return end;
    }

    private static string NameOf(string html, int start, out bool closing)
    {
        closing = start < html.Length && html[start] == '/';
        if (closing)
            start++;
        var end = start;
        while (end < html.Length && char.IsAsciiLetterOrDigit(html[end]))
            end++;
        return end > start && char.IsAsciiLetter(html[start]) ? html[start..end] : "";
    }

    // a '>' inside a quoted attribute doesn't end the tag
    private static int EndOfTag(string html, int at)
    {
        var quote = '\0';
        for (; at < html.Length; at++)
        {
            if (quote != '\0')
                quote = html[at] == quote ? '\0' : quote;
            else if (html[at] == '>')
                return at + 1;
            else if (html[at] is '"' or '\'' && html[at - 1] == '=')
                quote = html[at];
        }

        return html.Length;
    }

    private static int After(string html, string mark, int from)
    {
        var at = from < html.Length ? html.IndexOf(mark, from, StringComparison.OrdinalIgnoreCase) : -1;
        return at < 0 ? html.Length : at + mark.Length;
    }

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
