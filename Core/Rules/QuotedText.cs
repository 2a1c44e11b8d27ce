using System.Text;

namespace Switchboard.Core.Rules;

/// <summary>
/// Tells what the sender of a mail wrote from what is only quoted in it, and from the signature: lines that begin with <c>&gt;</c>, what
/// stands below <c>On … wrote:</c>, <c>-----Original Message-----</c> or the headers that Outlook puts over a mail that is answered, and
/// what stands below a line <c>-- </c> (RFC 3676, 4.3). HTML was made such text before. Looks at each line a few times at most.
/// </summary>
internal sealed class QuotedText
{
    // an attribution is wrapped at 78 characters or so; of the headers that Outlook writes the recipients may be several lines
    private const int MostAttributionLines = 3;
    private const int LongestAttribution = 500;
    private const int MostHeaderLines = 8;

    private readonly string _text;
    private readonly List<Range> _lines = [];

    // what NextLine has found last: from any line between these two it is the second
    private int _passedFrom;
    private int _said;

    private QuotedText(string text)
    {
        _text = text;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is var found and >= 0 ? found + 1 : text.Length;
            _lines.Add(start..end);
            start = end;
        }
    }

    /// <summary>
    /// The text without what is quoted and without the signature, as far as it is read. All of it where nothing else would be left, and
    /// of a mail that was forwarded: what it passes on is new to its recipient.
    /// </summary>
    public static string Without(string subject, string text)
    {
        var read = ReceivedMessage.AsFarAsRead(text);
        if (ReplyForms.IsForward(subject))
            return read;
        var written = new QuotedText(read).Written();
        return written.Length == read.Length || FoldedText.IsBlank(written) ? read : written.TrimEnd();
    }

    private string Written()
    {
        var written = new StringBuilder();
        for (var at = 0; at < _lines.Count;)
        {
            var line = Line(at);
            if (ReplyForms.IsForwardedLine(line))
                return written.Append(_text.AsSpan(_lines[at].Start.Value)).ToString();
            if (_text.AsSpan(_lines[at]).TrimEnd("\r\n") is "-- " || IsHistory(at))
                break;

            var attribution = AttributionLines(at);
            // what is quoted below it may be answered line by line; where it is not marked, nothing tells what is quoted
            if (attribution > 0 && !IsQuoted(NextLine(at + attribution)))
                break;
            if (attribution == 0 && !IsQuoted(at))
                written.Append(_text.AsSpan(_lines[at]));
            at += Math.Max(attribution, 1);
        }

        return written.ToString();
    }

    // whether this line and all that follows is a mail that came before
    private bool IsHistory(int at)
    {
        var line = Line(at);
        if (ReplyForms.IsOriginalMessageLine(line))
            return true;
        if (ReplyForms.IsOutlookLine(line))
            return Line(NextLine(at + 1)) is var next
                && (ReplyForms.HeaderOf(next) == ReplyHeader.From || (next.Contains(':') && next.Contains('@')));
        return ReplyForms.HeaderOf(line) == ReplyHeader.From && IsHeaderBlock(at + 1);
    }

    // From alone may be a line of any mail; with the subject and the time of another it is the head of that mail
    private bool IsHeaderBlock(int at)
    {
        var (time, subject) = (false, false);
        for (var line = at; line < Math.Min(at + MostHeaderLines, _lines.Count); line++)
        {
            var header = ReplyForms.HeaderOf(Line(line));
            time |= header == ReplyHeader.Time;
            subject |= header == ReplyHeader.Subject;
        }

        return time && subject;
    }

    // how many lines the attribution that begins here has: 0 where none does
    private int AttributionLines(int at)
    {
        for (var count = 1; count <= MostAttributionLines && at + count <= _lines.Count; count++)
        {
            if (Line(at + count - 1).IsEmpty || IsQuoted(at + count - 1) || Lines(at, count).Length > LongestAttribution)
                return 0;
            // how it begins is asked last: to tell that costs most, and nearly no lines are one
            if (ReplyForms.IsAttribution(Lines(at, count)))
                return count == 1 || IsWrapped(at, count) ? count : 0;
        }

        return 0;
    }

    // whether an attribution of several lines begins here; what stands right above one is none of it
    private bool IsWrapped(int at, int count)
    {
        var opens = ReplyForms.Opens(Line(at));
        return (opens || ReplyForms.HasTime(Line(at)))
            && (!ReplyForms.IsAttribution(Lines(at + 1, count - 1)) || (opens && !ReplyForms.Opens(Line(at + 1))));
    }

    private ReadOnlySpan<char> Lines(int at, int count) => _text.AsSpan(_lines[at].Start.Value.._lines[at + count - 1].End.Value).Trim();

    private bool IsQuoted(int at) => at < _lines.Count && _text[_lines[at].Start.Value] == '>';

    // the next line that says something. It is asked for line after line: many that say nothing would each be followed by a walk over all
    // the others
    private int NextLine(int at)
    {
        if (at >= _passedFrom && at < _said)
            return _said;
        _passedFrom = at;
        while (at < _lines.Count && (Line(at).IsEmpty || ReplyForms.IsOutlookLine(Line(at))))
            at++;
        return _said = at;
    }

    private ReadOnlySpan<char> Line(int at) => at < _lines.Count ? _text.AsSpan(_lines[at]).Trim() : default;
}
