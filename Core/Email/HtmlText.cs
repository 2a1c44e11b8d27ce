using System.Text;
using MimeKit.Text;

namespace Switchboard.Core.Email;

/// <summary>
/// The text that a person would read in an HTML mail: without tags, scripts and styles, with a new line for each block. What is quoted from
/// the mail that is answered is marked as in a mail without HTML: by <c>&gt; </c>, or by the line that Outlook draws. Goes through the mail
/// once, whatever is in it. No text has C1 controls: they are Windows-1252 that was labelled as something else.
/// </summary>
public sealed class HtmlText
{
    private const int Longest = 1_000_000;

    private static readonly HashSet<string> Unread = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "title", "template", "noscript" };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address", "article", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
    };

    // what Outlook begins the mail with that is answered
    private static readonly HashSet<string> Answered = new(StringComparer.OrdinalIgnoreCase)
    {
        "appendonsend", "divRplyFwdMsg", "x_divRplyFwdMsg", "mail-editor-reference-message-container",
    };

    private const string OutlookLine = "________________________________";

    // what Windows-1252 has at 0x80 to 0x9F
    private const string Windows1252 = "€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ";

    // what was read since the last change between quoted and not
    private readonly StringBuilder _read = new();
    private readonly StringBuilder _text = new();
    private readonly Stack<bool> _blockquotes = new();
    private readonly bool _withLinks;
    private int _quotes;
    private string? _unread;
    private string? _link;
    private int _linkStart;

    private HtmlText(bool withLinks) => _withLinks = withLinks;

    /// <summary>Reads HTML.</summary>
    /// <param name="html">The HTML; of more than a million characters those.</param>
    /// <param name="withLinks">Whether the address of a link stands behind its text: a mail that is sent as text has no other.</param>
    public static string From(string html, bool withLinks = false)
    {
        ArgumentNullException.ThrowIfNull(html);
        var text = new HtmlText(withLinks);
        using var reader = new StringReader(html.Length > Longest ? html[..Longest] : html);
        // a tag that is cut off comes as data: only before its entities are decoded it can be told from text
        var tokenizer = new HtmlTokenizer(reader) { DecodeCharacterReferences = false };
        string? data = null;
        while (tokenizer.ReadNextToken(out var token))
        {
            text.Append(data);
            data = null;
            if (token is HtmlTagToken tag)
                text.Read(tag);
            else if (text._unread is null && token is HtmlDataToken { Kind: HtmlTokenKind.Data or HtmlTokenKind.CData } said)
                data = said.Data;
        }

        if (!IsCutTag(data))
            text.Append(data);
        text.Tidy();
        return WithoutControls(text._text.ToString());
    }

    /// <summary>The text without C1 controls.</summary>
    public static string WithoutControls(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().IndexOfAnyInRange('\u0080', '\u009F') < 0 ? text : string.Create(text.Length, text, (letters, from) =>
        {
            for (var i = 0; i < from.Length; i++)
                letters[i] = from[i] is >= '\u0080' and <= '\u009F' ? Windows1252[from[i] - '\u0080'] : from[i];
        });
    }

    private void Read(HtmlTagToken tag)
    {
        // what is not read ends with its own end, whatever stands between
        if (_unread is not null)
            _unread = tag.IsEndTag && tag.Name.Equals(_unread, StringComparison.OrdinalIgnoreCase) ? null : _unread;
        else if (Unread.Contains(tag.Name))
            _unread = tag.IsEndTag || tag.IsEmptyElement ? null : tag.Name;
        else if (tag.Id == HtmlTagId.BlockQuote)
            Quote(tag);
        else if (Blocks.Contains(tag.Name))
            _read.Append('\n').Append(!tag.IsEndTag && Answered.Contains(ValueOf(tag, HtmlAttributeId.Id)) ? $"{OutlookLine}\n" : "");
        else if (tag.Id is HtmlTagId.TD or HtmlTagId.TH)
            _read.Append(' ');
        else if (_withLinks && tag.Id == HtmlTagId.A)
            Link(tag);
    }

    private void Link(HtmlTagToken tag)
    {
        var text = _link is null || _linkStart > _read.Length ? "" : _read.ToString(_linkStart, _read.Length - _linkStart).Trim();
        if (_link is not null && text != _link)
            _read.Append(text.Length == 0 ? _link : $" ({_link})");
        _link = !tag.IsEndTag && ValueOf(tag, HtmlAttributeId.Href) is var address
            && address.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? HtmlUtils.HtmlDecode(address) : null;
        _linkStart = _read.Length;
    }

    // others than those of mail programs are but a layout
    private void Quote(HtmlTagToken tag)
    {
        var isCited = tag.IsEndTag
            ? _blockquotes.TryPop(out var began) && began
            : ValueOf(tag, HtmlAttributeId.Type).Equals("cite", StringComparison.OrdinalIgnoreCase)
                || ValueOf(tag, HtmlAttributeId.Class).Contains("quote", StringComparison.OrdinalIgnoreCase);
        if (isCited)
            Tidy();
        else
            _read.Append('\n');
        _quotes += !isCited ? 0 : tag.IsEndTag ? -1 : 1;
        if (!tag.IsEndTag && !tag.IsEmptyElement)
            _blockquotes.Push(isCited);
    }

    private static string ValueOf(HtmlTagToken tag, HtmlAttributeId id)
    {
        foreach (var attribute in tag.Attributes)
            if (attribute.Id == id)
                return attribute.Value ?? "";
        return "";
    }

    private void Append(string? data)
    {
        if (!string.IsNullOrEmpty(data))
            _read.Append(HtmlUtils.HtmlDecode(data));
    }

    private static bool IsCutTag(string? data) => data is ['<', var next, ..] && (char.IsAsciiLetter(next) || next is '/' or '!' or '?');

    // lines without space around them, and no more than one empty one between two
    private void Tidy()
    {
        var empty = 0;
        foreach (var line in _read.ToString().AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
            {
                empty++;
                continue;
            }

            if (_text.Length > 0)
                _text.Append(empty > 0 ? "\n\n" : "\n");
            if (_quotes > 0)
                _text.Append("> ");
            // of a signature the space is what tells it from a line of dashes
            if (line.TrimStart() is "-- ")
                _text.Append("-- ");
            else
                AppendCollapsed(_text, line.Trim());
            empty = 0;
        }

        _read.Clear();
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
