using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Polly;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// The two questions that the edge asks of Microsoft while a mailbox's owner waits: tokens for a code, and whose mailbox it is. Everything
/// else is asked by Workers.Ingest.
/// </summary>
internal sealed partial class GraphAuthority(
    IHttpClientFactory clients, IOptions<GraphAccountOptions> options, TimeProvider clock, ILogger<GraphAuthority> logger)
{
    public const string ClientName = "graph-authority";

    /// <summary>The longest answer that is read, in bytes.</summary>
    public const int MaxAnswerBytes = 256 * 1024;

    /// <summary>Exchanges a code for tokens (RFC 6749, 4.1.3; RFC 7636, 4.5).</summary>
    public async Task<(GraphGrant? Grant, ConnectionRefusal? Refusal)> ExchangeAsync(
        string code, string verifier, string redirect, CancellationToken cancellation)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "authorization_code"),
            new("client_id", options.Value.ClientId),
            new("code", code),
            new("redirect_uri", redirect),
            new("code_verifier", verifier),
            new("scope", AuthorizationUrl.Scopes),
        ];
        if (options.Value.ClientSecret.Length > 0)
            form.Add(new("client_secret", options.Value.ClientSecret));
        using var request = new HttpRequestMessage(HttpMethod.Post, Below(options.Value.Authority, "/oauth2/v2.0/token"));
        request.Content = new FormUrlEncodedContent(form);
        var (grant, refusal) = await AskAsync(request, "The authority", GraphJson.Default.GraphGrant, OfToken, cancellation);
        return grant switch
        {
            null => (null, refusal),
            { AccessToken: null or "" } => (null, ConnectionRefusal.Away("The authority")),
            { RefreshToken: null or "" } => (null, ConnectionRefusal.NoRefreshToken),
            _ => (grant, null),
        };
    }

    /// <summary>Asks whose mailbox a token opens.</summary>
    public async Task<(GraphOwner? Owner, ConnectionRefusal? Refusal)> FindOwnerAsync(string accessToken, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Below(options.Value.ApiBaseUrl, "/v1.0/me?$select=mail,userPrincipalName"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await AskAsync(
            request, "Microsoft Graph", GraphJson.Default.GraphOwner,
            (response, _) => ConnectionRefusal.OfGraph((int)response.StatusCode, RetryAfter(response)), cancellation);
    }

    private async Task<(T? Answer, ConnectionRefusal? Refusal)> AskAsync<T>(
        HttpRequestMessage request, string who, JsonTypeInfo<T> type, Func<HttpResponseMessage, string, ConnectionRefusal> refuse,
        CancellationToken cancellation)
        where T : class
    {
        using var client = clients.CreateClient(ClientName);
        try
        {
            using var response = await client.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsStringAsync(cancellation);
            return !response.IsSuccessStatusCode ? (null, refuse(response, body))
                : JsonSerializer.Deserialize(body, type) is { } answer ? (answer, null)
                : (null, ConnectionRefusal.Away(who));
        }
        catch (Exception reason) when (reason is HttpRequestException or JsonException or ExecutionRejectedException
            || (reason is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Log.NoAnswer(logger, who, reason.Message);
            return (null, ConnectionRefusal.Away(who));
        }
    }

    private ConnectionRefusal OfToken(HttpResponseMessage response, string body)
    {
        var error = Read(body);
        return ConnectionRefusal.OfToken((int)response.StatusCode, error?.Error, error?.Description, RetryAfter(response));
    }

    private static GraphTokenError? Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, GraphJson.Default.GraphTokenError);
        }
        catch (JsonException)
        {
            // a page of a proxy
            return null;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => null,
    };

    private static Uri Below(Uri address, string path) => new(address.AbsoluteUri.TrimEnd('/') + path);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Who} did not answer while a mailbox was connected: {Reason}")]
        public static partial void NoAnswer(ILogger logger, string who, string reason);
    }
}
