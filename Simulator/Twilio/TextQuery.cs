using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.Twilio;

/// <summary>What <c>GET /_sim/twilio/messages</c> asks for.</summary>
/// <param name="After">The place after which to look; null for the end of the list.</param>
/// <param name="Limit">How many at the most.</param>
/// <param name="To">A recipient, in whatever spelling.</param>
/// <param name="From">A sender, in whatever spelling.</param>
/// <param name="Directions">Which ways.</param>
/// <param name="Text">What the body contains, whatever its case.</param>
internal sealed record TextQuery(long? After, int Limit, string? To, string? From, TextDirection[] Directions, string? Text)
{
    public TextPage Read(TextStore store, DateTimeOffset now)
    {
        var (page, next) = Since.Page(store, After, Limit, Matches);
        return new TextPage([.. page.Select(text => TextView.Of(text, now))], next);
    }

    private bool Matches(TextMessage text) =>
        Directions.Contains(text.Direction)
        && (To is null || IsSame(To, text.To))
        && (From is null || IsSame(From, text.From))
        && (Text is null || text.Body.Contains(Text, StringComparison.OrdinalIgnoreCase));

    // a + in a query is a space, and people write numbers in groups
    private static bool IsSame(string asked, string number)
    {
        var (digits, of) = (asked.Where(char.IsLetterOrDigit), number.Where(char.IsLetterOrDigit));
        return digits.SequenceEqual(of);
    }
}
