using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Workers.Ingest.Sms.Speech;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpeechConfig))]
[JsonSerializable(typeof(SpeechReply))]
internal sealed partial class SpeechJson : JsonSerializerContext;
