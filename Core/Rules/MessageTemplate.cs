using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Rules;

/// <summary>
/// The text of a notification with placeholders for what a message says: <c>{{kind}}</c>, <c>{{from}}</c>, <c>{{to}}</c>,
/// <c>{{subject}}</c>, <c>{{text}}</c>, <c>{{receivedAt}}</c>, <c>{{rule}}</c>. What is empty leaves no space behind at the end of its
/// line. A message is at most <see cref="MaxLength"/> characters long; what is over is cut. One of which nothing could be seen says only
/// what came and from whom.
/// </summary>
public static partial class MessageTemplate
{
    /// <summary>The longest text message that WhatsApp takes, in UTF-16 units.</summary>
    public const int MaxLength = 4096;

    /// <summary>
    /// What a rule without a template says: of a mail <c>Mail from a@b.test: its subject</c>, of an SMS <c>Text from +15550100001:</c>,
    /// and below it what it says.
    /// </summary>
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

    /// <summary>
    /// Puts the message into the template, no further than a message may be long. Where nothing can be seen of it there is still a message:
    /// providers refuse one without text.
    /// </summary>
    public static string Render(
        string template, string ruleName, ReceivedMessage message, ContentInclude include = ContentInclude.NewText)
    {
        ArgumentNullException.ThrowIfNull(message);
        var source = template == DefaultForMail ? Default : template;
        // one more than may be, to know whether it is to be cut
        var text = new BoundedText(MaxLength + 1);
        var values = new Dictionary<string, string?>();
        var read = 0;
        for (var match = Placeholder().Match(source); match.Success && !text.IsFull; match = match.NextMatch())
        {
            text.Append(source.AsSpan(read, match.Index - read));
            read = match.Index + match.Length;
            var name = match.Groups["name"].Value;
            if (!values.TryGetValue(name, out var value))
                values.Add(name, value = Visible(ValueOf(name, ruleName, message, include)));
            if (value is null)
                text.Append(match.Value);
            else if (value.Length > 0 || !EndsLine(source.AsSpan(read)))
                text.Append(match.Groups["space"].Value, value);
        }

        text.Append(source.AsSpan(read));
        var rendered = text.ToString().TrimEnd();
        return FoldedText.IsBlank(rendered) ? WithoutText(message) : StorableText.Cut(rendered, MaxLength);
    }

    private static string? ValueOf(
        string placeholder, string ruleName, ReceivedMessage message, ContentInclude include) => placeholder switch
        {
            "kind" => KindOf(message),
            "from" => message.From,
            "to" => message.To,
            "subject" => message.Subject,
            "text" => include == ContentInclude.Everything ? message.Text : message.NewText,
            "receivedAt" => message.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
            "rule" => ruleName,
            _ => null,
        };

    private static string? Visible(string? value) => value is null || !FoldedText.IsBlank(value) ? value : "";

    private static string KindOf(ReceivedMessage message) => message.Kind == MessageKind.Text ? "Text" : "Mail";

    private static string WithoutText(ReceivedMessage message) =>
        FoldedText.IsBlank(message.From) ? $"{KindOf(message)} without text" : StorableText.Cut($"{KindOf(message)} from {message.From}", MaxLength);

    private static bool EndsLine(ReadOnlySpan<char> rest) => rest.IsEmpty || rest[0] is '\r' or '\n';

    // with the space before it, which goes too when the value is empty and ends its line
    [GeneratedRegex(@"(?<space> ?)\{\{\s*(?<name>\w+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}

/// <summary>A text that takes no more than it has room for, and nothing of the white space that it would begin with.</summary>
internal sealed class BoundedText(int room)
{
    private readonly StringBuilder _text = new();

    /// <summary>Whether all that follows would be left out.</summary>
    public bool IsFull => _text.Length == room;

    public void Append(ReadOnlySpan<char> space, ReadOnlySpan<char> text)
    {
        Append(space);
        Append(text);
    }

    public void Append(ReadOnlySpan<char> text)
    {
        var more = _text.Length == 0 ? text.TrimStart() : text;
        _text.Append(more[..Math.Min(more.Length, room - _text.Length)]);
    }

    public override string ToString() => _text.ToString();
}
