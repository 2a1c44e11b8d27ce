using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// The part of the Gmail API v1 that is needed to hear of new mail and to read it. Everything that goes wrong is a
/// <see cref="ProviderException"/>; a token that is not taken is renewed once.
/// </summary>
internal sealed class GmailClient(
    HttpClient http,
    OAuthTokens tokens,
    [FromKeyedServices(MailProviders.Gmail)] OAuthProvider provider,
    IOptions<GmailOptions> options,
    TimeProvider timeProvider)
{
    // calendars' answers and reactions have their part within two others at the most
    private const string HeaderFields =
        "id,threadId,labelIds,snippet,internalDate,"
        + "payload(mimeType,headers,parts(mimeType,headers,parts(mimeType,headers,parts(mimeType,headers))))";

    private readonly ProviderCalls _gmail = GmailErrors.Calls(http, options.Value, timeProvider);

    /// <summary>What was added after a history id, a page at a time; <see cref="FailureKind.NotFound"/> means that the id is too
    /// old.</summary>
    public Task<GmailHistoryPage> HistoryAsync(
        MailAccount account, ulong startHistoryId, string? pageToken, CancellationToken cancellationToken) =>
        GetAsync(
            account,
            $"history?startHistoryId={Text(startHistoryId)}&historyTypes=messageAdded&maxResults={PageSize}{Page(pageToken)}",
            GmailJson.Default.GmailHistoryPage,
            cancellationToken);

    /// <summary>What was received after a time, newest first, a page at a time. Gmail compares whole seconds.</summary>
    public Task<GmailMessagePage> MessagesSinceAsync(
        MailAccount account, DateTimeOffset since, string? pageToken, CancellationToken cancellationToken) =>
        GetAsync(
            account,
            $"messages?q={Uri.EscapeDataString($"after:{Text(since.ToUnixTimeSeconds() - 1)}")}&maxResults={PageSize}{Page(pageToken)}",
            GmailJson.Default.GmailMessagePage,
            cancellationToken);

    /// <summary>What a search finds, newest first, a page at a time; with a label, only what has it.</summary>
    public Task<GmailMessagePage> SearchAsync(
        MailAccount account, string query, string? label, string? pageToken, int pageSize, CancellationToken cancellationToken) =>
        GetAsync(
            account,
            $"messages?q={Uri.EscapeDataString(query)}{(label is null ? "" : $"&labelIds={label}")}&maxResults={Text(pageSize)}{Page(pageToken)}",
            GmailJson.Default.GmailMessagePage,
            cancellationToken);

    /// <summary>A message with its headers and those of its parts, without what they say.</summary>
    public Task<GmailMessage> HeadersAsync(MailAccount account, string id, CancellationToken cancellationToken) =>
        GetAsync(
            account,
            $"messages/{Uri.EscapeDataString(id)}?format=full&fields={HeaderFields}",
            GmailJson.Default.GmailMessage,
            cancellationToken);

    /// <summary>The messages of a conversation, with their headers and those of their parts, without what they say.</summary>
    public Task<GmailThread> ThreadAsync(MailAccount account, string id, CancellationToken cancellationToken) =>
        GetAsync(
            account,
            $"threads/{Uri.EscapeDataString(id)}?format=full&fields=id,messages({HeaderFields})",
            GmailJson.Default.GmailThread,
            cancellationToken);

    /// <summary>A message as it came over the wire.</summary>
    public Task<GmailMessage> RawAsync(MailAccount account, string id, CancellationToken cancellationToken) =>
        GetAsync(account, $"messages/{Uri.EscapeDataString(id)}?format=raw", GmailJson.Default.GmailMessage, cancellationToken);

    /// <summary>A message with its headers and parts.</summary>
    public Task<GmailMessage> MessageAsync(MailAccount account, string id, CancellationToken cancellationToken) =>
        GetAsync(account, $"messages/{Uri.EscapeDataString(id)}?format=full", GmailJson.Default.GmailMessage, cancellationToken);

    /// <summary>The history id as of now.</summary>
    public async Task<ulong> CurrentHistoryIdAsync(MailAccount account, CancellationToken cancellationToken) =>
        (await GetAsync(account, "profile", GmailJson.Default.GmailProfile, cancellationToken)).HistoryId;

    /// <summary>Asks for notifications of all that changes, for as long as Gmail grants them (7 days).</summary>
    /// <returns>When they end.</returns>
    public async Task<DateTimeOffset> WatchAsync(MailAccount account, string topicName, CancellationToken cancellationToken)
    {
        var watch = await SendAsync(
            account,
            () => new(HttpMethod.Post, Url(account, "watch"))
            {
                Content = JsonContent.Create(new GmailWatchRequest(topicName), GmailJson.Default.GmailWatchRequest),
            },
            GmailJson.Default.GmailWatch,
            cancellationToken);
        return DateTimeOffset.FromUnixTimeMilliseconds(watch.Expiration);
    }

    private string PageSize => Text(options.Value.PageSize);

    private Task<T> GetAsync<T>(MailAccount account, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(account, () => new(HttpMethod.Get, Url(account, path)), type, cancellationToken);

    // a request for each token: one that was sent is not sent again
    private Task<T> SendAsync<T>(
        MailAccount account, Func<HttpRequestMessage> request, JsonTypeInfo<T> type,
        CancellationToken cancellationToken) => tokens.UseAsync(
        provider,
        account.Id,
        async token =>
        {
            using var message = request();
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return await _gmail.SendAsync(message, type, cancellationToken);
        },
        cancellationToken);

    private Uri Url(MailAccount account, string path) =>
        new($"{options.Value.ApiBaseUrl.ToString().TrimEnd('/')}/gmail/v1/users/{Uri.EscapeDataString(account.Address)}/{path}");

    private static string Page(string? token) => token is null ? "" : $"&pageToken={Uri.EscapeDataString(token)}";

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>What error answers mean (Gmail: Resolve errors).</summary>
internal static class GmailErrors
{
    public static ProviderCalls Calls(HttpClient http, GmailOptions options, TimeProvider timeProvider) =>
        new("Gmail", http, TimeSpan.FromSeconds(options.TimeoutSeconds), timeProvider, Of);

    private static ProviderFailure Of(int status, string? code, string message, TimeSpan? retryAfter)
    {
        var failure = ProviderFailure.OfStatus(
            status, $"Gmail answered {status}{(code is null ? "" : $" {code}")}: {message}", retryAfter, code: code);
        return status switch
        {
            403 when code?.EndsWith("LimitExceeded", StringComparison.Ordinal) is true =>
                failure with { Kind = FailureKind.Throttled, RetryAfter = retryAfter },
            404 => failure with { Kind = FailureKind.NotFound },
            _ => failure,
        };
    }
}

// The resources of the Gmail API v1 with the members that are read here. Gmail writes 64-bit numbers as strings.

internal sealed record GmailProfile(ulong HistoryId);

internal sealed record GmailWatch(ulong HistoryId, long Expiration);

internal sealed record GmailWatchRequest(string TopicName);

internal sealed record GmailHistoryPage(ulong HistoryId, IReadOnlyList<GmailHistoryRecord>? History = null, string? NextPageToken = null);

internal sealed record GmailHistoryRecord(ulong Id, IReadOnlyList<GmailMessageAdded>? MessagesAdded = null);

internal sealed record GmailMessageAdded(GmailMessageRef Message);

internal sealed record GmailMessageRef(string Id, IReadOnlyList<string>? LabelIds = null);

internal sealed record GmailMessagePage(IReadOnlyList<GmailMessageRef>? Messages = null, string? NextPageToken = null);

internal sealed record GmailMessage(
    string Id,
    string? ThreadId = null,
    IReadOnlyList<string>? LabelIds = null,
    string? Snippet = null,
    long? InternalDate = null,
    GmailPart? Payload = null,
    string? Raw = null);

internal sealed record GmailThread(string Id, IReadOnlyList<GmailMessage>? Messages = null);

internal sealed record GmailPart(
    string? MimeType = null,
    string? Filename = null,
    IReadOnlyList<GmailHeader?>? Headers = null,
    GmailBody? Body = null,
    IReadOnlyList<GmailPart?>? Parts = null)
{
    /// <summary>The value of the first header of that name.</summary>
    public string? Header(string name) =>
        Headers?.FirstOrDefault(header => string.Equals(header?.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;
}

internal sealed record GmailHeader(string? Name = null, string? Value = null);

internal sealed record GmailBody(long Size = 0, string? Data = null, string? AttachmentId = null);

// a mail within a mail within a mail: two levels of JSON for each
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    MaxDepth = 512,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GmailProfile))]
[JsonSerializable(typeof(GmailWatch))]
[JsonSerializable(typeof(GmailWatchRequest))]
[JsonSerializable(typeof(GmailHistoryPage))]
[JsonSerializable(typeof(GmailMessagePage))]
[JsonSerializable(typeof(GmailMessage))]
[JsonSerializable(typeof(GmailThread))]
internal sealed partial class GmailJson : JsonSerializerContext;
