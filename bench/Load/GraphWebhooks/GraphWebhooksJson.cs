using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>What goes over the wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChangeNotification))]
[JsonSerializable(typeof(GraphWebhooksReport))]
internal sealed partial class GraphWebhooksJson : JsonSerializerContext;

/// <summary>A notification as Graph posts it (https://learn.microsoft.com/graph/change-notifications-delivery-webhooks).</summary>
internal sealed record ChangeNotification(IReadOnlyList<ChangeItem> Value);

internal sealed record ChangeItem(
    Guid SubscriptionId,
    DateTimeOffset SubscriptionExpirationDateTime,
    string ChangeType,
    string Resource,
    ChangedResource ResourceData,
    string ClientState,
    Guid TenantId);

internal sealed record ChangedResource(
    [property: JsonPropertyName("@odata.type")] string Type,
    [property: JsonPropertyName("@odata.id")] string Path,
    string Id);
