using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Reads the addresses of a header such as To (RFC 5322, 3.4).</summary>
internal static class AddressList
{
    /// <summary>The addresses in their order, in lower case, without names; what is none is left out.</summary>
    public static IEnumerable<string> Read(string? header) =>
        Parts(header ?? "").Select(part => SenderAddress.Parse(part)).Where(address => address.Domain.Length > 0).Select(address => address.Address);

    // the commas between addresses, not those in names, comments or brackets; a group's name and its semicolon end like a comma
    private static IEnumerable<string> Parts(string header)
    {
        var (begin, quoted, comments, angle) = (0, false, 0, false);
        for (var i = 0; i < header.Length; i++)
        {
            var letter = header[i];
            if (letter == '\\' && (quoted || comments > 0))
                i++;
            else if (letter == '"' && comments == 0)
                quoted = !quoted;
            else if (!quoted && (letter == '(' || (letter == ')' && comments > 0)))
                comments += letter == '(' ? 1 : -1;
            else if (!quoted && comments == 0 && letter is ('<' or '>'))
                angle = letter == '<';
            else if (letter is (',' or ';' or ':') && !quoted && comments == 0 && !angle)
            {
                yield return header[begin..i];
                begin = i + 1;
            }
        }

        yield return header[begin..];
    }
}
