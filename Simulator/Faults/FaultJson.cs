using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Faults;

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(FaultView))]
[JsonSerializable(typeof(FaultView[]))]
internal sealed partial class FaultJson : JsonSerializerContext;
