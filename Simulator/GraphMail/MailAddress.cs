namespace Switchboard.Simulator.GraphMail;

/// <summary>An address with a name, as Graph's <c>emailAddress</c> has it.</summary>
internal sealed record MailAddress(string Name, string Address)
{
    /// <summary>Reads <c>Ann Lee &lt;ann@example.com&gt;</c> or <c>ann@example.com</c>.</summary>
    public static MailAddress Parse(string text)
    {
        var open = text.LastIndexOf('<');
        return open < 0 || !text.EndsWith('>')
            ? new MailAddress(text.Trim(), text.Trim())
            : new MailAddress(text[..open].Trim().Trim('"') is { Length: > 0 } name ? name : text[(open + 1)..^1].Trim(), text[(open + 1)..^1].Trim());
    }
}
