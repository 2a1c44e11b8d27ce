using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Workers.Ingest.Providers.Graph;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GraphMessage))]
[JsonSerializable(typeof(GraphContent))]
[JsonSerializable(typeof(GraphBatchRequest))]
[JsonSerializable(typeof(GraphBatchResponse))]
[JsonSerializable(typeof(GraphToken))]
[JsonSerializable(typeof(GraphSubscription))]
[JsonSerializable(typeof(GraphSubscriptionRequest))]
[JsonSerializable(typeof(GraphRenewal))]
internal sealed partial class GraphJson : JsonSerializerContext;
