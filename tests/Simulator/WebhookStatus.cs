using System.Text.Json.Serialization;

namespace Switchboard.Tests.Simulator;

/// <summary>A status of a WhatsApp callback.</summary>
internal sealed record WebhookStatus(
    string Id,
    string Status,
    string Timestamp,
    [property: JsonPropertyName("recipient_id")] string RecipientId,
    [property: JsonPropertyName("biz_opaque_callback_data")] string? CallbackData);
