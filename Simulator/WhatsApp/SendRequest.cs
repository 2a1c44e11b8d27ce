using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>The body of a send, as far as it is looked at.</summary>
internal sealed record SendRequest(
    [property: JsonPropertyName("messaging_product")] string? MessagingProduct,
    [property: JsonPropertyName("recipient_type")] string? RecipientType,
    [property: JsonPropertyName("to")] string? To,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("text")] SendText? Text,
    [property: JsonPropertyName("template")] JsonElement? Template,
    [property: JsonPropertyName("biz_opaque_callback_data")] string? CallbackData);

/// <summary>Its text.</summary>
internal sealed record SendText([property: JsonPropertyName("body")] string? Body);
