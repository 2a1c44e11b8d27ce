using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// The part of the Gmail API v1 that is needed to hear of new mail and to read it. Everything that goes wrong is a
/// <see cref="GmailException"/>; a token that is not taken is renewed once.
/// </summary>
internal sealed class GmailClient(HttpClient http, GmailTokens tokens, IOptions<GmailOptions> options, TimeProvider time)
{
    /// <summary>What was added after a history id, a page at a time; <see cref="GmailFailure.NotFound"/> means that the id is too old.</summary>
    public Task<GmailHistoryPage> HistoryAsync(Mailbox mailbox, ulong startHistoryId, string? pageToken, CancellationToken cancellation) =>
        GetAsync(
            mailbox,
            $"history?startHistoryId={Text(startHistoryId)}&historyTypes=messageAdded&maxResults={PageSize}{Page(pageToken)}",
            GmailJson.Default.GmailHistoryPage,
            cancellation);

    /// <summary>What was received after a time, newest first, a page at a time. Gmail compares whole seconds.</summary>
    public Task<GmailMessagePage> MessagesSinceAsync(
        Mailbox mailbox, DateTimeOffset since, string? pageToken, CancellationToken cancellation) =>
        GetAsync(
            mailbox,
            $"messages?q={Uri.EscapeDataString($"after:{Text(since.ToUnixTimeSeconds() - 1)}")}&maxResults={PageSize}{Page(pageToken)}",
            GmailJson.Default.GmailMessagePage,
            cancellation);

    /// <summary>What a search finds, newest first, a page at a time; with a label, only what has it.</summary>
    public Task<GmailMessagePage> SearchAsync(
        Mailbox mailbox, string query, string? label, string? pageToken, int pageSize, CancellationToken cancellation) =>
        GetAsync(
            mailbox,
            $"messages?q={Uri.EscapeDataString(query)}{(label is null ? "" : $"&labelIds={label}")}&maxResults={Text(pageSize)}{Page(pageToken)}",
            GmailJson.Default.GmailMessagePage,
            cancellation);

    /// <summary>A message with its headers alone.</summary>
    public Task<GmailMessage> HeadersAsync(Mailbox mailbox, string id, CancellationToken cancellation) =>
        GetAsync(mailbox, $"messages/{Uri.EscapeDataString(id)}?format=metadata", GmailJson.Default.GmailMessage, cancellation);

    /// <summary>The messages of a conversation, with their headers alone.</summary>
    public Task<GmailThread> ThreadAsync(Mailbox mailbox, string id, CancellationToken cancellation) =>
        GetAsync(mailbox, $"threads/{Uri.EscapeDataString(id)}?format=metadata", GmailJson.Default.GmailThread, cancellation);

    /// <summary>A message with its headers and parts.</summary>
    public Task<GmailMessage> MessageAsync(Mailbox mailbox, string id, CancellationToken cancellation) =>
        GetAsync(mailbox, $"messages/{Uri.EscapeDataString(id)}?format=full", GmailJson.Default.GmailMessage, cancellation);

    /// <summary>The history id as of now.</summary>
    public async Task<ulong> CurrentHistoryIdAsync(Mailbox mailbox, CancellationToken cancellation) =>
        (await GetAsync(mailbox, "profile", GmailJson.Default.GmailProfile, cancellation)).HistoryId;

    /// <summary>Asks for notifications of all that changes, for as long as Gmail grants them (7 days).</summary>
    /// <returns>When they end.</returns>
    public async Task<DateTimeOffset> WatchAsync(Mailbox mailbox, string topicName, CancellationToken cancellation)
    {
        var watch = await SendAsync(
            mailbox,
            () => new(HttpMethod.Post, Url(mailbox, "watch"))
            {
                Content = JsonContent.Create(new GmailWatchRequest(topicName), GmailJson.Default.GmailWatchRequest),
            },
            GmailJson.Default.GmailWatch,
            cancellation);
        return DateTimeOffset.FromUnixTimeMilliseconds(watch.Expiration);
    }

    private string PageSize => Text(options.Value.PageSize);

    private Task<T> GetAsync<T>(Mailbox mailbox, string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(mailbox, () => new(HttpMethod.Get, Url(mailbox, path)), type, cancellation);

    private async Task<T> SendAsync<T>(
        Mailbox mailbox, Func<HttpRequestMessage> request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var token = await tokens.GetAsync(mailbox, cancellation);
        try
        {
            return await SendOnceAsync(token);
        }
        catch (GmailException refused) when (refused.Failure == GmailFailure.Unauthorized)
        {
            return await SendOnceAsync(await tokens.RenewAsync(mailbox, token, cancellation));
        }

        async Task<T> SendOnceAsync(string accessToken)
        {
            using var message = request();
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
            return await GmailHttp.SendAsync(http, message, type, time, cancellation);
        }
    }

    private Uri Url(Mailbox mailbox, string path) =>
        new($"{options.Value.ApiBaseUrl.ToString().TrimEnd('/')}/gmail/v1/users/{Uri.EscapeDataString(mailbox.Address)}/{path}");

    private static string Page(string? token) => token is null ? "" : $"&pageToken={Uri.EscapeDataString(token)}";

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
