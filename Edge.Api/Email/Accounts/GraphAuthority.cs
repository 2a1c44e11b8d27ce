using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Polly;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// The two calls to Microsoft while the account holder waits: exchange a code for tokens, and ask whose mailbox it is. All other calls
/// are made by Workers.Ingest. No database connection is held meanwhile.
/// </summary>
internal sealed partial class GraphAuthority(
    IHttpClientFactory clients, IOptions<GraphAccountOptions> options, TimeProvider timeProvider, ILogger<GraphAuthority> logger)
{
    public const string ClientName = "graph-authority";

    /// <summary>The longest answer that is read, in bytes.</summary>
    public const int MaxAnswerBytes = 256 * 1024;

    /// <summary>Exchanges a code for tokens (RFC 6749, 4.1.3; RFC 7636, 4.5).</summary>
    public async Task<(GraphGrant? Grant, ConnectionRefusal? Refusal)> ExchangeAsync(
        string code, string verifier, string redirect, CancellationToken cancellationToken)
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
        var (grant, refusal) = await AskAsync(request, "The authority", GraphJson.Default.GraphGrant, OfToken, cancellationToken);
        return grant switch
        {
            null => (null, refusal),
            { AccessToken: null or "" } => (null, ConnectionRefusal.Unavailable("The authority")),
            { RefreshToken: null or "" } => (null, ConnectionRefusal.NoRefreshToken),
            _ => (grant, null),
        };
    }

    /// <summary>Asks whose mailbox a token opens.</summary>
    public async Task<(GraphUser? User, ConnectionRefusal? Refusal)> FindUserAsync(string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Below(options.Value.ApiBaseUrl, "/v1.0/me?$select=mail,userPrincipalName"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await AskAsync(
            request, "Microsoft Graph", GraphJson.Default.GraphUser,
            (response, _) => ConnectionRefusal.OfGraph((int)response.StatusCode, RetryAfter(response)), cancellationToken);
    }

    private async Task<(T? Answer, ConnectionRefusal? Refusal)> AskAsync<T>(
        HttpRequestMessage request, string who, JsonTypeInfo<T> type, Func<HttpResponseMessage, string, ConnectionRefusal> refuse,
        CancellationToken cancellationToken)
        where T : class
    {
        using var client = clients.CreateClient(ClientName);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return !response.IsSuccessStatusCode ? (null, refuse(response, body))
                : JsonSerializer.Deserialize(body, type) is { } answer ? (answer, null)
                : (null, ConnectionRefusal.Unavailable(who));
        }
        catch (Exception reason) when (reason is HttpRequestException or JsonException or ExecutionRejectedException
            || (reason is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.NoAnswer(logger, who, reason.Message);
            return (null, ConnectionRefusal.Unavailable(who));
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
        { Date: { } date } => date - timeProvider.GetUtcNow(),
        _ => null,
    };

    private static Uri Below(Uri address, string path) => new(address.AbsoluteUri.TrimEnd('/') + path);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Who} did not answer while a mailbox was connected: {Reason}")]
        public static partial void NoAnswer(ILogger logger, string who, Redacted reason);
    }
}

/// <summary>What the token endpoint gives for a code (RFC 6749, 5.1).</summary>
internal sealed record GraphGrant(
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken);

/// <summary>What it says when it gives nothing (RFC 6749, 5.2).</summary>
internal sealed record GraphTokenError(
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("error_description")] string? Description);

/// <summary>Whose token it is (Graph: Get a user).</summary>
internal sealed record GraphUser(
    [property: JsonPropertyName("mail")] string? Mail,
    [property: JsonPropertyName("userPrincipalName")] string? UserPrincipalName)
{
    // RFC 5321, 4.5.3.1
    private const int MaxAddress = 320;

    /// <summary>The mailbox's address, in lower case; null when there is none.</summary>
    public string? Address => (Mail ?? UserPrincipalName)?.Trim().ToLowerInvariant() is { Length: > 0 and <= MaxAddress } address
        && address.Contains('@', StringComparison.Ordinal) && !address.Any(char.IsControl)
            ? address
            : null;

    /// <summary>Whether it is the mailbox of that address, by whichever of its names.</summary>
    public bool Is(string address) =>
        string.Equals(Mail?.Trim(), address, StringComparison.OrdinalIgnoreCase)
        || string.Equals(UserPrincipalName?.Trim(), address, StringComparison.OrdinalIgnoreCase);
}

[JsonSerializable(typeof(GraphGrant))]
[JsonSerializable(typeof(GraphTokenError))]
[JsonSerializable(typeof(GraphUser))]
internal sealed partial class GraphJson : JsonSerializerContext;
