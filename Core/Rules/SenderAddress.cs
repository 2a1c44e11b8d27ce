using System.Text;

namespace Switchboard.Core.Rules;

/// <summary>Who sent a message, as rules see it: lower case, without a display name.</summary>
/// <param name="Address">The whole address; empty when there is none.</param>
/// <param name="Domain">What follows its last <c>@</c>; empty when there is none.</param>
public readonly record struct SenderAddress(string Address, string Domain)
{
    /// <summary>
    /// Reads a From header (RFC 5322, 3.4): <c>a@b.test</c>, <c>Name &lt;a@b.test&gt;</c>,
    /// <c>"Doe, J. &lt;x@y.test&gt;" &lt;a@b.test&gt;</c>, with comments anywhere. Of several senders it is the first.
    /// What is no address at all, such as the number of a text, is taken as it stands, so that a rule may still name it.
    /// </summary>
    public static SenderAddress Parse(string from)
    {
        ArgumentNullException.ThrowIfNull(from);
        // an unclosed quote or comment hides nothing: then quotes and brackets are read as letters
        var address = (Find(from, quoting: true) ?? Find(from, quoting: false)!).Trim().ToLowerInvariant();
        var at = address.LastIndexOf('@');
        return new(address, at < 0 ? "" : address[(at + 1)..].TrimEnd('.'));
    }

    // null when a quote or comment has no end
    private static string? Find(string from, bool quoting)
    {
        var found = new StringBuilder(from.Length);
        var quoted = false;
        var comments = 0;
        var angle = false;
        string? bracketed = null;
        for (var i = 0; i < from.Length; i++)
        {
            var letter = from[i];
            if ((quoted || comments > 0) && letter == '\\' && i + 1 < from.Length)
            {
                i++;
                if (quoted)
                    found.Append(letter).Append(from[i]);
            }
            else if (quoting && comments == 0 && letter == '"')
            {
                quoted = !quoted;
                found.Append(letter);
            }
            else if (quoted)
                found.Append(letter);
            else if (quoting && letter == '(')
                comments++;
            else if (comments > 0)
                comments -= letter == ')' ? 1 : 0;
            else if (letter == '<')
            {
                // what came before was the display name, even if it looked like an address in brackets
                found.Clear();
                (angle, bracketed) = (true, null);
            }
            else if (letter == '>' && angle)
                (angle, bracketed) = (false, found.ToString());
            else if (letter == ',' && !angle && (bracketed is not null || Contains(found, '@')))
                return bracketed ?? found.ToString();
            else
                found.Append(letter);
        }

        return quoted || comments > 0 ? null : bracketed ?? found.ToString();
    }

    private static bool Contains(StringBuilder text, char letter)
    {
        foreach (var chunk in text.GetChunks())
            if (chunk.Span.Contains(letter))
                return true;
        return false;
    }
}
