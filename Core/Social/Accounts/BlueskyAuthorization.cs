using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Core.Social.Accounts;

/// <summary>
/// Bluesky: a session that an app password begins. The password is used once and kept nowhere; what is kept is the session, whose refresh
/// token gives the next pair and is then good no more (AT Protocol: com.atproto.server).
/// </summary>
public sealed class BlueskySessions(SocialHttp http, IOptions<SocialOptions> options, TimeProvider timeProvider)
{
    // of a token that does not say when it ends; they last two hours
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(30);

    // the app password was revoked, the session ended, or the account was deleted
    private static readonly string[] EndedCodes = ["ExpiredToken", "InvalidToken", "AuthenticationRequired", "AccountNotFound"];
    private static readonly string[] BlockedCodes = ["AccountTakedown", "AccountDeactivated", "AccountSuspended"];

    /// <summary>Begins a session.</summary>
    /// <exception cref="ProviderException">There is none; <see cref="FailureKind.GrantRevoked"/>: the identifier or the app password is not
    /// right.</exception>
    public async Task<AuthorizedAccount> CreateAsync(
        string server, string identifier, string appPassword, AccountProxy? proxy, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, PathOf("createSession"))
        {
            Content = JsonContent.Create(new SessionRequest(identifier, appPassword), BlueskyJson.Default.SessionRequest),
        };
        var client = http.For(SocialPlatforms.Bluesky, server, proxy);
        var session = await Calls(client).SendAsync(request, BlueskyJson.Default.BlueskySession, cancellationToken);
        return new(session.Did, session.Handle, null, GrantOf(session));
    }

    /// <summary>Has the next pair of tokens.</summary>
    internal async Task<SocialGrant> RefreshAsync(HttpClient client, SocialGrant grant, CancellationToken cancellationToken)
    {
        using var request = Authorized("refreshSession", grant);
        return GrantOf(await Calls(client).SendAsync(request, BlueskyJson.Default.BlueskySession, cancellationToken));
    }

    /// <summary>Ends the session.</summary>
    internal async Task DeleteAsync(HttpClient client, SocialGrant grant, CancellationToken cancellationToken)
    {
        using var request = Authorized("deleteSession", grant);
        await Calls(client).SendAsync(request, cancellationToken);
    }

    private static string PathOf(string method) => $"xrpc/com.atproto.server.{method}";

    private static HttpRequestMessage Authorized(string method, SocialGrant grant)
    {
        // with a body, be it an empty one: without, it is sent again by itself when the connection breaks, and the token is good once
        var request = new HttpRequestMessage(HttpMethod.Post, PathOf(method)) { Content = new ByteArrayContent([]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", grant.RefreshToken);
        return request;
    }

    private SocialGrant GrantOf(BlueskySession session)
    {
        var now = timeProvider.GetUtcNow();
        var life = EndOf(session.AccessToken) - now ?? ShortestLife;
        return SocialGrant.Of(
            new(session.AccessToken, session.RefreshToken, Math.Max(60, life.TotalSeconds)), session.RefreshToken, now, renews: true);
    }

    // what a JSON Web Token says of itself; it is not ours to verify
    private static DateTimeOffset? EndOf(string token)
    {
        if (token.Split('.') is not [_, var claims, _])
            return null;
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            return json.RootElement.TryGetProperty("exp", out var end) && end.TryGetInt64(out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253_402_300_799))
                : null;
        }
        catch (Exception reason) when (reason is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private ProviderCalls Calls(HttpClient client) => new(
        "Bluesky", client, TimeSpan.FromSeconds(options.Value.TimeoutSeconds), timeProvider,
        (status, code, message, retryAfter) =>
        {
            var failure = ProviderFailure.OfStatus(
                status, string.Create(CultureInfo.InvariantCulture, $"Bluesky answered {status} {code}: {message}"), retryAfter,
                code: code);
            return status is 400 or 401 && EndedCodes.Contains(code) ? failure with { Kind = FailureKind.GrantRevoked }
                : BlockedCodes.Contains(code) ? failure with { Kind = FailureKind.AccountBlocked }
                : failure;
        },
        ProviderCalls.SmallAnswer);
}

/// <summary>Sessions as <see cref="SocialAuthorizations"/> has them.</summary>
internal sealed class BlueskyAuthorization(BlueskySessions sessions, OAuthClient client, TimeProvider timeProvider)
    : PlatformAuthorization(client, timeProvider)
{
    public override Task<OAuthProvider?> ProviderAsync(string server, HttpClient http, CancellationToken cancellationToken) =>
        Task.FromResult<OAuthProvider?>(null);

    public override Task<SocialGrant> RenewAsync(
        OAuthProvider? provider, SocialAccount account, HttpClient http, SocialGrant grant, ProviderFailure? refusal,
        CancellationToken cancellationToken) => sessions.RefreshAsync(http, grant, cancellationToken);

    public override Task RevokeAsync(
        OAuthProvider? provider, SocialAccount account, HttpClient http, SocialGrant grant, CancellationToken cancellationToken) =>
        sessions.DeleteAsync(http, grant, cancellationToken);
}

internal sealed record SessionRequest(string Identifier, string Password);

internal sealed record BlueskySession(
    string Did,
    string Handle,
    [property: JsonPropertyName("accessJwt")] string AccessToken,
    [property: JsonPropertyName("refreshJwt")] string RefreshToken);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(BlueskySession))]
internal sealed partial class BlueskyJson : JsonSerializerContext;
