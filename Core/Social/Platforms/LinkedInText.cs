using System.Buffers;
using System.Text;

namespace Switchboard.Core.Social.Platforms;

/// <summary>
/// LinkedIn's "little text" of a commentary: characters that have a meaning there are written after a backslash.
/// </summary>
public static class LinkedInText
{
    private const char Escaping = '\\';
    private static readonly SearchValues<char> Reserved = SearchValues.Create(@"\<>#~_|[]*(){}@");

    /// <summary>A plain text as a commentary.</summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAny(Reserved))
            return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            if (Reserved.Contains(letter))
                escaped.Append(Escaping);
            escaped.Append(letter);
        }

        return escaped.ToString();
    }

    /// <summary>The plain text of a commentary.</summary>
    public static string Unescape(string commentary)
    {
        ArgumentNullException.ThrowIfNull(commentary);
        var text = new StringBuilder(commentary.Length);
        for (var at = 0; at < commentary.Length; at++)
        {
            if (commentary[at] == Escaping && at + 1 < commentary.Length && Reserved.Contains(commentary[at + 1]))
                at++;
            text.Append(commentary[at]);
        }

        return text.ToString();
    }
}
