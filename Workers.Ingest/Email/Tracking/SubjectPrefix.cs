namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Finds a word and its colon at the beginning of a subject: <c>Re:</c>, <c>RE[2]:</c>, <c>Réponse automatique :</c>, <c>回复：</c>.</summary>
internal static class SubjectPrefix
{
    /// <summary>How many characters the prefix takes with what stands before it; 0 when there is none of these.</summary>
    public static int LengthOf(ReadOnlySpan<char> subject, string[] prefixes)
    {
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
