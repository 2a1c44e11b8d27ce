using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.WhatsApp;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(MessageCount))]
[JsonSerializable(typeof(StatusSettings))]
[JsonSerializable(typeof(StatusByHand))]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class WhatsAppJson : JsonSerializerContext
{
    /// <summary>For what people read, and for the journal.</summary>
    public static WhatsAppJson Readable { get; } = new(ReadableJson.Options());
}
