using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Providers.OAuth;

/// <summary>
/// The calls to an authority, the same at every provider: a code for tokens, a refresh token for another access token, and whose account
/// it is. Whatever goes wrong is a <see cref="ProviderException"/>; no database connection may be held meanwhile.
/// </summary>
public sealed class OAuthClient(IHttpClientFactory clients, TimeProvider timeProvider)
{
    private const int MaxAnswerBytes = 256 * 1024;

    // enough for a person to see what it is
    private const int LongestDescription = 400;

    private static readonly TimeSpan LimitWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AccountWait = TimeSpan.FromMinutes(10);

    // RFC 6749, 5.2 and OpenID Connect, 3.1.2.6: nothing but the account holder's consent helps
    private static readonly string[] RevokedCodes = ["invalid_grant", "interaction_required", "consent_required", "login_required"];

    /// <summary>Whether the grant is not good (any more): only by the authority's own code, not by a status, which a gateway may send.</summary>
    public static bool IsGrantRevoked(ProviderFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure is { HttpStatus: 400 or 401, Code: { } code } && RevokedCodes.Contains(code);
    }

    /// <summary>Exchanges a code for tokens (RFC 6749, 4.1.3; RFC 7636, 4.5).</summary>
    /// <exception cref="ProviderException">It gave none.</exception>
    public Task<OAuthGrant> ExchangeAsync(
        OAuthProvider provider, string code, string verifier, string redirectUri, CancellationToken cancellationToken) => AskAsync(
        provider,
        [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirectUri), new("code_verifier", verifier)],
        cancellationToken);

    /// <summary>Exchanges a refresh token for another access token (RFC 6749, 6).</summary>
    /// <exception cref="ProviderException">It gave none.</exception>
    public Task<OAuthGrant> RefreshAsync(OAuthProvider provider, string refreshToken, CancellationToken cancellationToken) =>
        AskAsync(provider, [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], cancellationToken);

    /// <summary>Asks whose account an access token opens; null when it opens none.</summary>
    /// <exception cref="ProviderException">It is not told.</exception>
    public async Task<AccountProfile?> ProfileAsync(OAuthProvider provider, string accessToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.ProfileUrl);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var (response, body) = await SendAsync(provider, request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new ProviderException(Failure(provider, response, new(null, null)));
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object ? provider.ReadProfile(json.RootElement) : throw NoSense(provider);
        }
        catch (JsonException reason)
        {
            throw NoSense(provider, reason);
        }
    }

    private async Task<OAuthGrant> AskAsync(
        OAuthProvider provider, List<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        form.Add(new("client_id", provider.ClientId));
        if (provider.ClientSecret.Length > 0)
            form.Add(new("client_secret", provider.ClientSecret));
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        var (response, body) = await SendAsync(provider, request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new ProviderException(Failure(provider, response, ReadError(body)));
        try
        {
            return JsonSerializer.Deserialize(body, OAuthJson.Default.OAuthGrant) is { AccessToken.Length: > 0 } grant
                ? grant
                : throw NoSense(provider);
        }
        catch (JsonException reason)
        {
            throw NoSense(provider, reason);
        }
    }

    private async Task<(HttpResponseMessage Response, string Body)> SendAsync(
        OAuthProvider provider, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(provider.HttpClientName);
        client.MaxResponseContentBufferSize = MaxAnswerBytes;
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return (response, await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception reason) when (ProviderFailure.Of(provider.Label, reason, provider.Timeout, cancellationToken) is { } failure)
        {
            throw new ProviderException(failure, reason);
        }
    }

    private ProviderFailure Failure(OAuthProvider provider, HttpResponseMessage response, OAuthError error)
    {
        var status = (int)response.StatusCode;
        var words = string.Join(": ", new[] { error.Error, Cut(error.Description) }.Where(word => !string.IsNullOrWhiteSpace(word)));
        var text = string.Create(CultureInfo.InvariantCulture, $"{provider.Label} answered {status} {words}").TrimEnd();
        var retryAfter = RetryAfterHeader.Read(response.Headers, timeProvider);
        return error.Error == "temporarily_unavailable" && status < 429
            ? new(FailureKind.Transient, text, status, retryAfter, error.Error)
            : ProviderFailure.OfStatus(status, text, retryAfter, LimitWait, AccountWait, error.Error);
    }

    private static ProviderException NoSense(OAuthProvider provider, Exception? reason = null) =>
        new(new(FailureKind.Transient, $"{provider.Label}'s answer is not what it should be."), reason);

    private static OAuthError ReadError(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OAuthJson.Default.OAuthError) ?? new(null, null);
        }
        catch (JsonException)
        {
            return new(null, null); // a gateway's page: its status says what there is to know
        }
    }

    private static string? Cut(string? text) => text?.Length > LongestDescription ? text[..LongestDescription] + "…" : text;
}

/// <summary>What an authority gives for a code or a refresh token (RFC 6749, 5.1).</summary>
/// <param name="AccessToken">What opens the account for a while.</param>
/// <param name="RefreshToken">What gives further ones; null when the one before is still the one.</param>
/// <param name="ExpiresIn">For how long, in seconds.</param>
public sealed record OAuthGrant(
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null,
    [property: JsonPropertyName("expires_in")] double? ExpiresIn = null);

/// <summary>What it says when it gives nothing (RFC 6749, 5.2).</summary>
internal sealed record OAuthError(
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("error_description")] string? Description);

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(OAuthGrant))]
[JsonSerializable(typeof(OAuthError))]
internal sealed partial class OAuthJson : JsonSerializerContext;
