using System.Globalization;
using System.Text.RegularExpressions;

namespace Switchboard.Core.Rules;

/// <summary>
/// The text of a notification with placeholders for what a message says: <c>{{kind}}</c>, <c>{{from}}</c>, <c>{{to}}</c>,
/// <c>{{subject}}</c>, <c>{{text}}</c>, <c>{{receivedAt}}</c>, <c>{{rule}}</c>. What is empty leaves no space behind at the end of its
/// line. A message is at most <see cref="MaxLength"/> characters long; what is over is cut.
/// </summary>
public static partial class MessageTemplate
{
    /// <summary>The longest text message that WhatsApp takes, in UTF-16 units.</summary>
    public const int MaxLength = 4096;

    /// <summary>What a rule without a template says: of a mail <c>Mail from a@b.test: its subject</c>, of a text <c>Text from
    /// +15550100001:</c>,
    /// and below it what it says.</summary>
    public const string Default = "{{kind}} from {{from}}: {{subject}}\n{{text}}";

    // what it was when there was nothing but mail; rules that were made then have it in their rows
    private const string DefaultForMail = "Mail from {{from}}: {{subject}}\n{{text}}";

    /// <summary>The placeholders that there are.</summary>
    public static IReadOnlySet<string> Placeholders { get; } =
        new HashSet<string> { "kind", "from", "to", "subject", "text", "receivedAt", "rule" };

    /// <summary>The placeholders of a template that there are not.</summary>
    public static IReadOnlyList<string> UnknownPlaceholders(string template) =>
        [.. Placeholder().Matches(template).Select(match => match.Groups["name"].Value).Where(name => !Placeholders.Contains(name)).Distinct()];

    /// <summary>Whether a template shows what the message says.</summary>
    public static bool ShowsText(string template) => Placeholder().Matches(template).Any(match => match.Groups["name"].Value == "text");

    /// <summary>Puts the message into the template.</summary>
    public static string Render(string template, string ruleName, ReceivedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var source = template == DefaultForMail ? Default : template;
        var text = Placeholder().Replace(source, match =>
        {
            var value = ValueOf(match.Groups["name"].Value, ruleName, message);
            return value is { Length: 0 } && EndsLine(source.AsSpan(match.Index + match.Length)) ? ""
                : value is null ? match.Value
                : match.Groups["space"].Value + value;
        }).Trim();
        return text.Length <= MaxLength ? text : Cut(text);
    }

    private static string? ValueOf(string placeholder, string ruleName, ReceivedMessage message) => placeholder switch
    {
        "kind" => message.Kind == MessageKind.Text ? "Text" : "Mail",
        "from" => message.From,
        "to" => message.To,
        "subject" => message.Subject,
        "text" => message.Text,
        "receivedAt" => message.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        "rule" => ruleName,
        _ => null,
    };

    private static bool EndsLine(ReadOnlySpan<char> rest) => rest.IsEmpty || rest[0] is '\r' or '\n';

    private static string Cut(string text)
    {
        // one for the ellipsis, and never between the two halves of a surrogate pair
        var end = MaxLength - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    // with the space before it, which goes too when the value is empty and ends its line
    [GeneratedRegex(@"(?<space> ?)\{\{\s*(?<name>\w+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
