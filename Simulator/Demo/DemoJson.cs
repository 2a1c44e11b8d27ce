using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Demo;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DemoSettings))]
internal sealed partial class DemoJson : JsonSerializerContext;
