using System.Text.Json.Serialization;

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

internal sealed record GraphAddress(string? Address = null);

internal sealed record GraphHeader(string? Name = null, string? Value = null);

internal sealed record GraphRemoved(string? Reason = null);

internal sealed record GraphError(string? Code = null, string? Message = null);

internal sealed record GraphToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null);

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
