using System.Text.Json.Serialization;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WhatsAppMessage))]
[JsonSerializable(typeof(WhatsAppReply))]
internal sealed partial class WhatsAppJson : JsonSerializerContext;
