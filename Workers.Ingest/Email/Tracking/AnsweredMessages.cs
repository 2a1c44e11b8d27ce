using System.Text;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Which mails an answer names (RFC 5322, 3.6.4): those of <c>In-Reply-To</c>, then those of <c>References</c> from the last one,
/// which is the nearest, to the first. A delivery report is about one mail: the one that it shows, else the one that it answers.</summary>
internal static class AnsweredMessages
{
    /// <summary>The most that are looked at.</summary>
    public const int Most = 20;

    // headers of mail may be of any size; what is nearest stands at the end
    private const int LongestHeader = 40_000;

    /// <summary>The keys of the mails, the nearest first, each once.</summary>
    public static IReadOnlyList<Guid> Of(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var replied = Read(headers.Find("In-Reply-To"));
        var references = Read(headers.Find("References"));
        references.Reverse();
        return [.. replied.Concat(references).Distinct(StringComparer.Ordinal).Take(Most).Select(MailKey.OfMessageId)];
    }

    /// <summary>The keys of the mail that a delivery report is about, by all the names that it has there.</summary>
    public static IReadOnlyList<Guid> Of(DeliveryReport? report, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var shown = (report?.MessageIds ?? []).Append(headers.Find("X-Original-Message-ID")).SelectMany(Read);
        var ids = shown.Concat(Read(headers.Find("In-Reply-To"))).Distinct(StringComparer.Ordinal).Take(Most);
        Guid[] names = [.. ids.Select(MailKey.OfMessageId)];
        return names.Length > 0 ? names : Of(headers);
    }

    // <a@b> <c@d>, with comments, folds and quoted phrases between; some programs leave the angle brackets out
    private static List<string> Read(string? header)
    {
        List<string> bracketed = [], bare = [];
        var text = header is null ? [] : header.AsSpan(Math.Max(0, header.Length - LongestHeader));
        // a comment or phrase without an end hides nothing: from there on its beginning is a letter as any other
        bool comments = true, phrases = true;
        var begin = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var end = at;
            if (text[at] == '(' && comments)
                comments = EndOfComment(text, ref end);
            else if (text[at] == '"' && phrases)
                phrases = EndOfPhrase(text, ref end);
            else if (text[at] == '<')
                end = ReadBracketed(text, at, bracketed);
            else if (!char.IsWhiteSpace(text[at]) && text[at] is not (',' or ';'))
                continue;
            AddBare(text[begin..at], bare);
            (at, begin) = (end, end + 1);
        }

        AddBare(text[Math.Min(begin, text.Length)..], bare);
        return bracketed.Count > 0 ? bracketed : bare;
    }

    private static void AddBare(ReadOnlySpan<char> word, List<string> found)
    {
        if (word.Contains('@') && !word.Contains('>'))
            found.Add($"<{word}>");
    }

    private static int ReadBracketed(ReadOnlySpan<char> text, int at, List<string> found)
    {
        var length = text[at..].IndexOf('>');
        if (length < 0)
            return text.Length;
        // a fold may stand within an id that was too long for a line
        var id = new StringBuilder(length + 1);
        foreach (var letter in text.Slice(at, length + 1))
            if (!char.IsWhiteSpace(letter))
                id.Append(letter);
        if (id.Length > 2)
            found.Add(id.ToString());
        return at + length;
    }

    private static bool EndOfComment(ReadOnlySpan<char> text, ref int at)
    {
        var depth = 0;
        for (var end = at; end < text.Length; end++)
        {
            if (text[end] == '\\')
                end++;
            else if (text[end] == '(')
                depth++;
            else if (text[end] == ')' && --depth == 0)
            {
                at = end;
                return true;
            }
        }

        return false;
    }

    private static bool EndOfPhrase(ReadOnlySpan<char> text, ref int at)
    {
        for (var end = at + 1; end < text.Length; end++)
        {
            if (text[end] == '\\')
                end++;
            else if (text[end] == '"')
            {
                at = end;
                return true;
            }
        }

        return false;
    }
}
