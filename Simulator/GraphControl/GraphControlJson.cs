using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Graph;
using Switchboard.Simulator.GraphMail;
using Switchboard.Simulator.GraphTruth;

namespace Switchboard.Simulator.GraphControl;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MailboxRequest))]
[JsonSerializable(typeof(GraphMailboxView))]
[JsonSerializable(typeof(GraphMailboxView[]))]
[JsonSerializable(typeof(NewGraphMail))]
[JsonSerializable(typeof(NewGraphMail[]))]
[JsonSerializable(typeof(AddedGraphMail))]
[JsonSerializable(typeof(AddedGraphMail[]))]
[JsonSerializable(typeof(GraphMailboxName))]
[JsonSerializable(typeof(LifecycleRequest))]
[JsonSerializable(typeof(LifecycleAnswer))]
[JsonSerializable(typeof(GraphTokenSettings))]
[JsonSerializable(typeof(LimitSettings))]
[JsonSerializable(typeof(TruthReport))]
[JsonSerializable(typeof(TruthPage))]
internal sealed partial class GraphControlJson : JsonSerializerContext;
