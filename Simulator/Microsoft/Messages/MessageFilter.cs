using System.Globalization;
using System.Text.RegularExpressions;

namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// What of <c>$filter</c> there is here: <c>receivedDateTime</c> and <c>sentDateTime</c> (which are the same) with ge, gt, le, lt and eq,
/// <c>conversationId</c> and <c>internetMessageId</c> with eq, <c>isDraft eq false</c>; all joined by <c>and</c>.
/// </summary>
internal sealed partial record MessageFilter
{
    public static MessageFilter None { get; } = new();

    /// <summary>The first second that matches, since 1970.</summary>
    public long From { get; private init; } = long.MinValue;

    /// <summary>The first that doesn't any more.</summary>
    public long To { get; private init; } = long.MaxValue;

    public string? ConversationId { get; private init; }

    public string? InternetMessageId { get; private init; }

    /// <summary>The property that the filter begins with: one that is sorted by must be it.</summary>
    public string? FirstProperty { get; private init; }

    /// <summary>Reads a filter.</summary>
    /// <returns>Null when it is none or not to be had here.</returns>
    public static MessageFilter? Read(string? text)
    {
        var filter = None;
        for (var rest = (text ?? "").Trim(); rest.Length > 0;)
        {
            if (Clause().Match(rest) is not { Success: true } clause
                || filter.With(clause.Groups["property"].Value, clause.Groups["operator"].Value,
                    clause.Groups["value"].Value) is not { } narrower)
            {
                return null;
            }

            filter = narrower;
            rest = rest[clause.Length..];
            // a dangling "and" is an error
            if (clause.Groups["and"].Success == (rest.Length == 0))
            {
                return null;
            }
        }

        return filter;
    }

    /// <summary>Whether a mail of this second matches, as far as time goes.</summary>
    public bool Covers(long second) => second >= From && second < To;

    private MessageFilter? With(string property, string comparison, string value)
    {
        var first = FirstProperty ?? property;
        return property switch
        {
            "receivedDateTime" or "sentDateTime" => WithTime(comparison, value) is { } timed ? timed with { FirstProperty = first } : null,
            "conversationId" when comparison == "eq" && Text(value) is { } id => this with { ConversationId = id, FirstProperty = first },
            "internetMessageId" when comparison == "eq" && Text(value) is { } id =>
                this with { InternetMessageId = id, FirstProperty = first },
            "isDraft" when comparison == "eq" && value == "false" => this with { FirstProperty = first },
            _ => null,
        };
    }

    // mails have whole seconds, a filter may have parts of them
    private MessageFilter? WithTime(string comparison, string value)
    {
        if (!char.IsAsciiDigit(value[0])
            || !DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return null;
        }

        var floor = time.ToUnixTimeSeconds();
        var ceiling = floor + (time.Ticks % TimeSpan.TicksPerSecond == 0 ? 0 : 1);
        return comparison switch
        {
            "ge" => this with { From = Math.Max(From, ceiling) },
            "gt" => this with { From = Math.Max(From, floor + 1) },
            "le" => this with { To = Math.Min(To, floor + 1) },
            "lt" => this with { To = Math.Min(To, ceiling) },
            _ => this with { From = Math.Max(From, ceiling), To = Math.Min(To, floor + 1) },
        };
    }

    private static string? Text(string value) =>
        value.Length >= 2 && value[0] == '\'' ? value[1..^1].Replace("''", "'", StringComparison.Ordinal) : null;

    [GeneratedRegex(@"^(?<property>\w+)\s+(?<operator>eq|ge|gt|le|lt)\s+(?<value>'(?:[^']|'')*'|[^\s']+)(?<and>\s+and\s+)?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Clause();
}
