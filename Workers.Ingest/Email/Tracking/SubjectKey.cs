using System.Text;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What a subject and those of its answers have in common.</summary>
/// <param name="Text">Without <c>Re:</c> and the like, in lower case, with one space for each run of white space; may be empty.</param>
/// <param name="IsAnswer">Whether something stood before it: it begins as an answer does.</param>
internal readonly record struct SubjectKey(string Text, bool IsAnswer)
{
    // what is longer is told apart by its beginning
    private const int Longest = 1_000;
    private const int MostPrefixes = 50;

    // answers, then forwards, as the mail programs of each country write them
    private static readonly string[] Prefixes =
    [
        "re", "aw", "sv", "vs", "antw", "antwort", "ant", "rép", "rep", "res", "rif", "r", "odp", "ynt", "yan", "vá", "bls",
        "σχετ", "απ", "отв", "ответ", "השב", "رد", "回复", "答复", "回覆", "返信", "답장", "회신",
        "fwd", "fw", "wg", "wtr", "tr", "rv", "enc", "vl", "vb", "doorst", "i", "pd", "ilt", "i̇lt", "továbbítás", "tov",
        "πρθ", "пер", "пересл", "הועבר", "إعادة توجيه", "转发", "轉寄", "転送", "전달",
    ];

    // what mail systems mark mail from outside with
    private static readonly string[] Tags = ["[ext]", "[extern]", "[external]", "[external email]", "(ext)", "(external)"];

    /// <summary>Reads a subject, as it was sent or came in.</summary>
    public static SubjectKey Of(string subject)
    {
        var rest = subject.AsSpan();
        if (rest.Length > Longest)
            rest = rest[..Longest];
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
