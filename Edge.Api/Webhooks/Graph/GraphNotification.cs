using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Edge.Api.Webhooks.Graph;

/// <summary>A notification of Microsoft Graph: items of any of our subscriptions (Graph: changeNotificationCollection).</summary>
internal sealed record GraphNotification(GraphItem?[]? Value)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static GraphNotification? Read(ReadOnlySequence<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var notification = JsonSerializer.Deserialize(ref reader, GraphNotificationJson.Default.GraphNotification);
        // what follows it is a mistake too
        reader.Read();
        return notification;
    }
}

/// <summary>One item: a mail that was added, or what becomes of its subscription. What else it says is not needed.</summary>
internal sealed record GraphItem(
    string? SubscriptionId, string? ClientState, string? LifecycleEvent, string? Resource, GraphResource? ResourceData);

/// <summary>Which mail.</summary>
internal sealed record GraphResource(string? Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GraphNotification))]
internal sealed partial class GraphNotificationJson : JsonSerializerContext;
