using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Entra;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EntraTokens))]
[JsonSerializable(typeof(EntraMetadata))]
internal sealed partial class EntraJson : JsonSerializerContext;
