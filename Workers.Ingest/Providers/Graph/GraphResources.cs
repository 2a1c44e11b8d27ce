using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Workers.Ingest.Providers.Graph;

// The resources of Microsoft Graph v1.0 with the members that are read here. Any of them may be missing.

/// <summary>A mail (<c>message</c>).</summary>
internal record GraphMessage
{
    public string? Id { get; init; }

    public string? InternetMessageId { get; init; }

    public string? ConversationId { get; init; }

    public string? ParentFolderId { get; init; }

    public string? Subject { get; init; }

    public GraphRecipient? From { get; init; }

    public IReadOnlyList<GraphRecipient?>? ToRecipients { get; init; }

    public IReadOnlyList<GraphRecipient?>? CcRecipients { get; init; }

    public IReadOnlyList<GraphRecipient?>? BccRecipients { get; init; }

    public DateTimeOffset? SentDateTime { get; init; }

    public DateTimeOffset? ReceivedDateTime { get; init; }

    public IReadOnlyList<string?>? Categories { get; init; }

    public IReadOnlyList<GraphHeader?>? InternetMessageHeaders { get; init; }

    public bool IsDraft { get; init; }

    public bool? HasAttachments { get; init; }

    public GraphItemBody? Body { get; init; }

    public string? BodyPreview { get; init; }

    /// <summary>What kind of message it is, where it is no plain one.</summary>
    [JsonPropertyName("@odata.type")]
    public string? Type { get; init; }

    /// <summary>Says in a delta that it is not there any more.</summary>
    [JsonPropertyName("@removed")]
    public GraphRemoved? Removed { get; init; }
}

/// <summary>What a call of a batch answers: a mail, a page of mails, or an error.</summary>
internal sealed record GraphContent : GraphMessage
{
    public IReadOnlyList<GraphMail>? Value { get; init; }

    [JsonPropertyName("@odata.nextLink")]
    public string? NextLink { get; init; }

    [JsonPropertyName("@odata.deltaLink")]
    public string? DeltaLink { get; init; }

    [JsonPropertyName("@odata.count")]
    public long? Count { get; init; }

    public GraphError? Error { get; init; }
}

internal sealed record GraphRecipient(GraphAddress? EmailAddress = null);

internal sealed record GraphAddress(string? Address = null, string? Name = null);

internal sealed record GraphItemBody(string? ContentType = null, string? Content = null);

internal sealed record GraphHeader(string? Name = null, string? Value = null);

internal sealed record GraphRemoved(string? Reason = null);

internal sealed record GraphError(string? Code = null, string? Message = null);

internal sealed record GraphSubscription(string Id, DateTimeOffset ExpirationDateTime);

internal sealed record GraphSubscriptionRequest(
    string ChangeType,
    string NotificationUrl,
    string LifecycleNotificationUrl,
    string Resource,
    string ClientState,
    DateTimeOffset ExpirationDateTime);

internal sealed record GraphRenewal(DateTimeOffset ExpirationDateTime);

internal sealed record GraphBatchRequest(IReadOnlyList<GraphBatchCall> Requests);

internal sealed record GraphBatchCall(string Id, string Method, string Url, IReadOnlyDictionary<string, string>? Headers);

internal sealed record GraphBatchResponse(IReadOnlyList<GraphBatchAnswer> Responses);

internal sealed record GraphBatchAnswer(string Id, int Status, IReadOnlyDictionary<string, string>? Headers = null, GraphBody? Body = null);

/// <summary>A mail of a page, or what is known of one that could not be read: it keeps no other from being read.</summary>
/// <param name="Message">The mail; null if it could not be read.</param>
/// <param name="Id">Its id, as far as it is known.</param>
/// <param name="Problem">Why it could not be read.</param>
[JsonConverter(typeof(GraphMailConverter))]
internal sealed record GraphMail(GraphMessage? Message, string? Id, string? Problem = null);

/// <summary>The body of an answer of a batch; one that is not what it should be keeps no other from being read.</summary>
/// <param name="Content">What it says; null if it could not be read.</param>
/// <param name="Problem">Why it could not be read.</param>
/// <param name="Text">What it is, when it is a text.</param>
[JsonConverter(typeof(GraphBodyConverter))]
internal sealed record GraphBody(GraphContent? Content, string? Problem = null, string? Text = null);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GraphMessage))]
[JsonSerializable(typeof(GraphContent))]
[JsonSerializable(typeof(GraphBatchRequest))]
[JsonSerializable(typeof(GraphBatchResponse))]
[JsonSerializable(typeof(GraphSubscription))]
[JsonSerializable(typeof(GraphSubscriptionRequest))]
[JsonSerializable(typeof(GraphRenewal))]
internal sealed partial class GraphJson : JsonSerializerContext;

/// <summary>Reads a mail of a page; what is wrong in it is told of it alone.</summary>
internal sealed class GraphMailConverter : JsonConverter<GraphMail>
{
    public override bool HandleNull => true;

    public override GraphMail Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var start = reader;
        return Lenient.TryRead(ref reader, GraphJson.Default.GraphMessage, out var problem) is { } message
            ? new(message, message.Id)
            : new(null, IdOf(start), problem);
    }

    public override void Write(Utf8JsonWriter writer, GraphMail value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static string? IdOf(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId)
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            reader.Skip();
        }

        return null;
    }
}

/// <summary>Reads the body of an answer of a batch: Graph sends what is no JSON as a text.</summary>
internal sealed class GraphBodyConverter : JsonConverter<GraphBody>
{
    public override GraphBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? new(null, "it is a text.", reader.GetString())
            : new(Lenient.TryRead(ref reader, GraphJson.Default.GraphContent, out var problem), problem);

    public override void Write(Utf8JsonWriter writer, GraphBody value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>Reads a value that may be something else.</summary>
file static class Lenient
{
    /// <summary>Reads one value and stands at its end, whether or not it could be read. The serializer has it whole before it
    /// asks.</summary>
    public static T? TryRead<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type, out string? problem)
        where T : class
    {
        var start = reader;
        try
        {
            problem = null;
            if (JsonSerializer.Deserialize(ref reader, type) is { } value)
                return value;
            problem = "It is null.";
        }
        catch (JsonException reason)
        {
            problem = reason.Message;
            reader = start;
            reader.Skip();
        }

        return null;
    }
}
