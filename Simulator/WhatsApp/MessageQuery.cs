using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>What <c>GET /_sim/whatsapp/messages</c> asks for.</summary>
/// <param name="After">The place after which to look; null for the end of the list.</param>
/// <param name="Limit">How many at the most.</param>
/// <param name="To">A recipient, in whatever spelling.</param>
/// <param name="Text">What the body contains, whatever its case.</param>
internal sealed record MessageQuery(long? After, int Limit, string? To, string? Text)
{
    public MessagePage Read(MessageStore store)
    {
        var (page, next) = Since.Page(store, After, Limit, Matches);
        return new MessagePage([.. page.Select(MessageView.Of)], next);
    }

    private bool Matches(SentMessage message) =>
        (To is null || message.WhatsAppId == To) && (Text is null || message.Body.Contains(Text, StringComparison.OrdinalIgnoreCase));
}
