using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Speech;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SpeechRequestList))]
[JsonSerializable(typeof(SpeechRequestCount))]
internal sealed partial class SpeechJson : JsonSerializerContext
{
    /// <summary>For what people read; the same fields every time.</summary>
    public static SpeechJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
