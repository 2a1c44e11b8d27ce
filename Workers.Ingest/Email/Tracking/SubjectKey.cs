using System.Text;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What a subject and those of its answers have in common.</summary>
/// <param name="Text">Without <c>Re:</c> and the like, in lower case, with one space for each run of white space; may be empty.</param>
/// <param name="IsAnswer">Whether something stood before it: it begins as an answer does.</param>
internal readonly record struct SubjectKey(string Text, bool IsAnswer)
{
    private const int MostPrefixes = 50;

    // answers, then forwards, as the mail programs of each country write them
    private static readonly string[] Prefixes =
    [
        "re", "aw", "sv", "vs", "antw", "antwort", "ant", "rép", "rep", "res", "rif", "r", "odp", "ynt", "yan", "vá", "bls",
        "σχετ", "απ", "отв", "ответ", "השב", "رد", "回复", "答复", "回覆", "返信", "답장", "회신",
        .. ForwardPrefixes.All,
    ];

    // what mail systems mark mail from outside with
    private static readonly string[] Tags =
        ["[ext]", "[extern]", "[external]", "[external email]", "[external sender]", "(ext)", "(external)"];

    /// <summary>Reads a subject, as it was sent or came in.</summary>
    public static SubjectKey Of(string subject)
    {
        var rest = SubjectText.Of(subject).AsSpan();
        var isAnswer = false;
        for (var n = 0; n < MostPrefixes; n++)
        {
            rest = WithoutTags(rest);
            var length = PrefixLength(rest);
            if (length == 0)
                break;
            isAnswer = true;
            rest = rest[length..];
        }

        return new(Normal(rest), isAnswer);
    }

    private static int PrefixLength(ReadOnlySpan<char> subject)
    {
        var length = SubjectPrefix.LengthOf(subject, Prefixes);
        if (length == 0)
            length = SubjectPrefix.LengthOf(subject, AutomaticSubjects.AutoReplyPrefixes);
        return length > 0 ? length : SubjectPrefix.LengthOf(subject, AutomaticSubjects.BouncePrefixes);
    }

    private static ReadOnlySpan<char> WithoutTags(ReadOnlySpan<char> subject)
    {
        subject = subject.Trim();
        foreach (var tag in Tags)
            if (subject.StartsWith(tag, StringComparison.OrdinalIgnoreCase))
                return subject[tag.Length..].TrimStart();
        return subject;
    }

    private static string Normal(ReadOnlySpan<char> text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var letter in text.Trim())
        {
            if (!char.IsWhiteSpace(letter))
                normal.Append(char.ToLowerInvariant(letter));
            else if (normal[^1] != ' ')
                normal.Append(' ');
        }

        return normal.ToString();
    }
}

/// <summary>Finds a word and its colon at the beginning of a subject: <c>Re:</c>, <c>RE[2]:</c>, <c>Réponse automatique :</c>,
/// <c>回复：</c>.</summary>
internal static class SubjectPrefix
{
    /// <summary>How many characters the prefix takes with what stands before it; 0 when there is none of these.</summary>
    public static int LengthOf(ReadOnlySpan<char> subject, string[] prefixes)
    {
        if (subject.IndexOfAny(':', '：') < 0)
            return 0;
        var begin = 0;
        while (begin < subject.Length && char.IsWhiteSpace(subject[begin]))
            begin++;
        foreach (var prefix in prefixes)
        {
            if (!subject[begin..].StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            var end = AfterColon(subject, begin + prefix.Length);
            if (end > 0)
                return end;
        }

        return 0;
    }

    // a count in brackets and white space may stand before the colon, which may be a wide one
    private static int AfterColon(ReadOnlySpan<char> subject, int at)
    {
        at = SkipWhite(subject, at);
        at = SkipWhite(subject, SkipCount(subject, at));
        return at < subject.Length && subject[at] is ':' or '：' ? at + 1 : 0;
    }

    private static int SkipCount(ReadOnlySpan<char> subject, int at)
    {
        var bracketed = at < subject.Length && subject[at] is '[' or '(' or '^' or '*';
        var digits = bracketed ? at + 1 : at;
        var end = digits;
        while (end < subject.Length && char.IsAsciiDigit(subject[end]))
            end++;
        if (end == digits)
            return at;
        return end < subject.Length && subject[end] is ']' or ')' ? end + 1 : end;
    }

    private static int SkipWhite(ReadOnlySpan<char> subject, int at)
    {
        while (at < subject.Length && char.IsWhiteSpace(subject[at]))
            at++;
        return at;
    }
}
