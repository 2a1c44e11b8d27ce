using System.Text.RegularExpressions;
using Switchboard.Core.Email;

namespace Switchboard.Core.Rules;

/// <summary>
/// The text of a notification with placeholders for what the mail says: <c>{{from}}</c>, <c>{{to}}</c>, <c>{{subject}}</c>,
/// <c>{{text}}</c>, <c>{{receivedAt}}</c>, <c>{{rule}}</c>. A message is at most <see cref="MaxLength"/> characters long; what is over is cut.
/// </summary>
public static partial class MessageTemplate
{
    /// <summary>The longest text message that WhatsApp takes, in UTF-16 units.</summary>
    public const int MaxLength = 4096;

    /// <summary>What a rule without a template says.</summary>
    public const string Default = "Mail from {{from}}: {{subject}}\n{{text}}";

    /// <summary>The placeholders that there are.</summary>
    public static IReadOnlySet<string> Placeholders { get; } =
        new HashSet<string> { "from", "to", "subject", "text", "receivedAt", "rule" };

    /// <summary>The placeholders of a template that there are not.</summary>
    public static IReadOnlyList<string> UnknownPlaceholders(string template) =>
        [.. Placeholder().Matches(template).Select(m => m.Groups[1].Value).Where(name => !Placeholders.Contains(name)).Distinct()];

    /// <summary>Puts the mail into the template.</summary>
    public static string Render(string template, string ruleName, InboundMail mail)
    {
        var text = Placeholder().Replace(template, match => match.Groups[1].Value switch
        {
            "from" => mail.From,
            "to" => mail.To,
            "subject" => mail.Subject,
            "text" => mail.Text,
            "receivedAt" => mail.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture),
            "rule" => ruleName,
            _ => match.Value,
        }).Trim();
        return text.Length <= MaxLength ? text : Cut(text);
    }

    private static string Cut(string text)
    {
        // one for the ellipsis, and never between the two halves of a surrogate pair
        var end = MaxLength - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
