using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>
/// Access tokens of a Google service account, by a signed JWT (RFC 7523;
/// https://developers.google.com/identity/protocols/oauth2/service-account#httprest). One is used by all until shortly before it expires.
/// </summary>
internal sealed class ServiceAccountTokens(IHttpClientFactory clients, IOptions<FcmOptions> options, TimeProvider timeProvider)
    : IDisposable
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "fcm-token";

    private const string Scope = "https://www.googleapis.com/auth/firebase.messaging";

    private static readonly TimeSpan AssertionLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
    private readonly SemaphoreSlim _asking = new(1);
    private RSA? _key;
    private volatile CachedToken? _token;

    /// <summary>A token that is good for the next minutes.</summary>
    /// <exception cref="ProviderException">None was given: no message was sent by this.</exception>
    public async Task<string> GetAsync(ServiceAccountKey account, CancellationToken cancellationToken)
    {
        if (_token is { } known && known.RenewAt > timeProvider.GetUtcNow())
            return known.Text;

        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_token is { } asked && asked.RenewAt > timeProvider.GetUtcNow())
                return asked.Text;
            var token = await AskAsync(account, cancellationToken);
            _token = token;
            return token.Text;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Uses a token no more, since it was refused.</summary>
    public void Forget(string token)
    {
        if (_token is { } known && known.Text == token)
            Interlocked.CompareExchange(ref _token, null, known);
    }

    public void Dispose()
    {
        _asking.Dispose();
        _key?.Dispose();
    }

    private async Task<CachedToken> AskAsync(ServiceAccountKey account, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(HttpClientName);
        var url = options.Value.TokenUrl ?? account.TokenUri;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url));
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            new("assertion", Assertion(account, url)),
        ]);
        try
        {
            var token = await new ProviderCalls("Google's token endpoint", http, _timeout, timeProvider, Failure)
                .SendAsync(request, PushJson.Default.FcmToken, cancellationToken);
            if (string.IsNullOrEmpty(token.AccessToken))
                throw new ProviderException(FailureKind.Transient, "Google's token endpoint answered without a token.");
            var life = TimeSpan.FromSeconds(token.ExpiresIn);
            return new(token.AccessToken, timeProvider.GetUtcNow() + (life > 2 * Early ? life - Early : life / 2));
        }
        catch (ProviderException unknown) when (unknown.Kind == FailureKind.UnknownOutcome)
        {
            // a second token does no harm: it is not the message that is in doubt
            throw new ProviderException(unknown.Failure with { Kind = FailureKind.Transient }, unknown);
        }
    }

    private ProviderFailure Failure(int status, string? code, string message, TimeSpan? retryAfter)
    {
        var (busy, wait) = (TimeSpan.FromSeconds(options.Value.BusySeconds), TimeSpan.FromSeconds(options.Value.AccountSeconds));
        var text = $"Google gives the service account no token: {code} {message}";
        return status is >= 400 and < 500 and not 408 and not 429
            ? new(FailureKind.Unauthorized, text, status, retryAfter ?? wait, code)
            : ProviderFailure.OfStatus(status, text, retryAfter, busy, wait, code);
    }

    private string Assertion(ServiceAccountKey account, string url)
    {
        var now = timeProvider.GetUtcNow();
        return PushJwt.Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = account.ClientEmail,
            Audience = url,
            IssuedAt = now.UtcDateTime,
            Expires = (now + AssertionLife).UtcDateTime,
            Claims = new Dictionary<string, object> { ["scope"] = Scope },
            SigningCredentials = new(
                new RsaSecurityKey(_key ??= account.Open()) { KeyId = account.PrivateKeyId, CryptoProviderFactory = PushJwt.Uncached },
                SecurityAlgorithms.RsaSha256),
        });
    }

    private sealed record CachedToken(string Text, DateTimeOffset RenewAt);
}

/// <summary>The answer of the token endpoint.</summary>
internal sealed record FcmToken(string? AccessToken, double ExpiresIn);
