using System.Text.Json.Serialization;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>Messages that were sent.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="NextCursor">The <c>since</c> of the next page; null when this is the last.</param>
internal sealed record MessagePage(
    IReadOnlyList<MessageView> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor);

/// <summary>
/// One of them: <c>body</c> is the text, or the template as JSON; <c>callbackData</c> its <c>biz_opaque_callback_data</c>;
/// <c>statuses</c> are those that the edge has acknowledged.
/// </summary>
internal sealed record MessageView(
    string Id, string To, string Type, string Body, DateTimeOffset At, string? CallbackData, IReadOnlyList<string> Statuses)
{
    public static MessageView Of(SentMessage message) =>
        new(message.Id, message.To, message.Type, message.Body, message.At, message.CallbackData, message.Told.Names());
}

/// <summary>How many there are.</summary>
internal sealed record MessageCount(int Count);

/// <summary>The body of <c>POST /_sim/whatsapp/statuses/send</c>.</summary>
/// <param name="Id">The <c>wamid</c>.</param>
/// <param name="Status">sent, delivered, read or failed.</param>
/// <param name="ErrorCode">Meta's code of a failure.</param>
internal sealed record StatusByHand(string? Id, string? Status, int? ErrorCode = null);
