using System.Globalization;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>What <c>GET /_sim/whatsapp/messages</c> asks for.</summary>
/// <param name="After">The place after which to look; null for the end of the list.</param>
/// <param name="Limit">How many at the most.</param>
/// <param name="To">A recipient, in whatever spelling.</param>
/// <param name="Text">What the body contains, whatever its case.</param>
internal sealed record MessageQuery(long? After, int Limit, string? To, string? Text)
{
    public const int DefaultLimit = 100;
    public const int MostLimit = 10_000;

    /// <summary>Reads <c>since</c>: a cursor, or a time.</summary>
    public static bool TryParseSince(string? since, out long? after)
    {
        after = null;
        if (string.IsNullOrEmpty(since))
        {
            return true;
        }

        if (long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
        {
            after = cursor;
            return true;
        }

        if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        after = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return true;
    }

    /// <summary>The page: from a place on, oldest first; without a place the last ones, oldest of them first.</summary>
    public MessagePage Read(MessageStore store)
    {
        var found = store.After(After ?? long.MinValue).Where(Matches);
        if (After is null)
        {
            return new MessagePage([.. found.TakeLast(Limit).Select(MessageView.Of)], null);
        }

        var page = found.Take(Limit + 1).ToList();
        var more = page.Count > Limit;
        return new MessagePage(
            [.. page.Take(Limit).Select(MessageView.Of)],
            more ? page[Limit - 1].Sequence.ToString(CultureInfo.InvariantCulture) : null);
    }

    private bool Matches(SentMessage message) =>
        (To is null || message.WhatsAppId == To) && (Text is null || message.Body.Contains(Text, StringComparison.OrdinalIgnoreCase));
}
