using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Core.Providers.OAuth;

/// <summary>
/// The calls to an authority, the same at every provider: a code for tokens, a refresh token for another access token, and whose account
/// it is. Whatever goes wrong is a <see cref="ProviderException"/>; no database connection may be held meanwhile.
/// </summary>
public sealed class OAuthClient(IHttpClientFactory clients, TimeProvider timeProvider)
{
    // RFC 6749, 5.2 and OpenID Connect, 3.1.2.6: nothing but the account holder's consent helps
    private static readonly string[] RevokedCodes = ["invalid_grant", "interaction_required", "consent_required", "login_required"];

    /// <summary>Exchanges a code for tokens (RFC 6749, 4.1.3; RFC 7636, 4.5).</summary>
    /// <exception cref="ProviderException">It gave none; <see cref="FailureKind.GrantRevoked"/> means that the code is not
    /// good.</exception>
    public Task<OAuthGrant> ExchangeAsync(
        OAuthProvider provider, string code, string verifier, string redirectUri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        List<KeyValuePair<string, string>> form =
            [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirectUri)];
        if (provider.UsesPkce)
            form.Add(new("code_verifier", verifier));
        return AskAsync(provider, form, cancellationToken);
    }

    /// <summary>Exchanges a refresh token for another access token (RFC 6749, 6).</summary>
    /// <exception cref="ProviderException">It gave none; <see cref="FailureKind.GrantRevoked"/> means that the token is not good (any
    /// more).</exception>
    public Task<OAuthGrant> RefreshAsync(OAuthProvider provider, string refreshToken, CancellationToken cancellationToken) =>
        AskAsync(provider, [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], cancellationToken);

    /// <summary>Asks whose account an access token opens; null when it opens none.</summary>
    /// <exception cref="ProviderException">It is not told.</exception>
    public async Task<AccountProfile?> ProfileAsync(OAuthProvider provider, string accessToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var profile = await GetAsync(provider, provider.ProfileUrl, accessToken, OAuthJson.Default.JsonElement, cancellationToken);
        return profile.ValueKind == JsonValueKind.Object ? provider.ReadProfile(profile) : null;
    }

    /// <summary>Reads something at the provider; without an access token where the address says it all.</summary>
    /// <exception cref="ProviderException">It is not told.</exception>
    public async Task<T> GetAsync<T>(
        OAuthProvider provider, Uri address, string? accessToken, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accessToken is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await SendAsync(provider, request, type, cancellationToken);
    }

    /// <summary>Asks the provider something in its own way.</summary>
    /// <exception cref="ProviderException">It is not told.</exception>
    public Task<T> SendAsync<T>(
        OAuthProvider provider, HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return Calls(provider).SendAsync(request, type, cancellationToken);
    }

    /// <summary>Has a token revoked, beside where tokens are to be had (RFC 7009).</summary>
    /// <exception cref="ProviderException">It was not.</exception>
    public async Task RevokeAsync(OAuthProvider provider, string token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        using var request = Authenticated(provider, new(provider.TokenUrl, "revoke"), [new("token", token)]);
        await Calls(provider).SendAsync(request, cancellationToken);
    }

    /// <summary>Calls the provider about a grant: to revoke it, or to end what stands on it.</summary>
    /// <exception cref="ProviderException">It did not do it.</exception>
    public Task SendAsync(OAuthProvider provider, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return Calls(provider).SendAsync(request, cancellationToken);
    }

    private async Task<OAuthGrant> AskAsync(
        OAuthProvider provider, List<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        using var request = Authenticated(provider, provider.TokenUrl, form);
        return await Calls(provider).SendAsync(request, OAuthJson.Default.OAuthGrant, cancellationToken);
    }

    private static HttpRequestMessage Authenticated(OAuthProvider provider, Uri address, List<KeyValuePair<string, string>> form)
    {
        var isInHeader = provider is { UsesBasicAuthentication: true, ClientSecret.Length: > 0 };
        form.Add(new("client_id", provider.ClientId));
        if (provider.ClientSecret.Length > 0 && !isInHeader)
            form.Add(new("client_secret", provider.ClientSecret));
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        if (isInHeader)
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(
                $"{Uri.EscapeDataString(provider.ClientId)}:{Uri.EscapeDataString(provider.ClientSecret)}")));
        return request;
    }

    private ProviderCalls Calls(OAuthProvider provider) => new(
        provider.Label,
        provider.Http ?? clients.CreateClient(provider.HttpClientName),
        provider.Timeout,
        timeProvider,
        (status, code, message, retryAfter) =>
        {
            var error = string.Create(
                CultureInfo.InvariantCulture, $"{provider.Label} answered {status}{(code is null ? "" : $" {code}")}: {message}");
            var failure = ProviderFailure.OfStatus(status, error, retryAfter, code: code);
            return status switch
            {
                // only by the authority's own code, not by a status, which a gateway may send
                400 or 401 when code is not null && (RevokedCodes.Contains(code) || provider.IsRevoked(code, message)) =>
                    failure with { Kind = FailureKind.GrantRevoked },
                < 429 when code == "temporarily_unavailable" => failure with { Kind = FailureKind.Transient, RetryAfter = retryAfter },
                _ => failure,
            };
        },
        ProviderCalls.SmallAnswer);
}

/// <summary>What an authority gives for a code or a refresh token (RFC 6749, 5.1).</summary>
/// <param name="AccessToken">What opens the account for a while.</param>
/// <param name="RefreshToken">What gives further ones; null when the one before is still the one.</param>
/// <param name="ExpiresIn">For how long, in seconds.</param>
public sealed record OAuthGrant(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null,
    [property: JsonPropertyName("expires_in")] double? ExpiresIn = null);

[JsonSourceGenerationOptions(
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OAuthGrant))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class OAuthJson : JsonSerializerContext;
