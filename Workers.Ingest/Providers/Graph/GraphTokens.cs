using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>
/// The access tokens of accounts, had for their refresh tokens (RFC 6749, 6) and kept encrypted. One is renewed before it ends; if that
/// does not succeed, it is used to its end. A refresh token that comes with it takes the place of the one before.
/// </summary>
internal sealed class GraphTokens(
    HttpClient http, HybridCache cache, IGraphGrants grants, SecretProtector secrets, IOptions<GraphOptions> options, TimeProvider time)
{
    /// <summary>The namespace in the cache: keys <c>graph-token:{account}</c>.</summary>
    public const string Namespace = "graph-token";

    /// <summary>For what refresh tokens are encrypted in <c>mailboxes</c>.</summary>
    public const string RefreshTokenPurpose = "graph-refresh-token";

    private static readonly HybridCacheEntryOptions OnlyRead = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    /// <summary>Does something with an access token; if it is not taken, once more with another one.</summary>
    /// <exception cref="GraphException">There is none to be had, or what was done failed.</exception>
    public async Task<T> UseAsync<T>(Guid account, Func<string, Task<T>> use, CancellationToken cancellation)
    {
        var token = await GetAsync(account, cancellation);
        try
        {
            return await use(token);
        }
        catch (GraphException refused) when (refused.Failure == GraphFailure.Unauthorized)
        {
            return await use(await RenewAsync(account, token, cancellation));
        }
    }

    /// <summary>An access token, mostly from the cache.</summary>
    /// <exception cref="GraphException">There is none to be had.</exception>
    public async Task<string> GetAsync(Guid account, CancellationToken cancellation)
    {
        var known = await KnownAsync(account, cancellation);
        if (known is not null && time.GetUtcNow() < known.RenewAt)
            return known.Token;
        try
        {
            return (await RequestAsync(account, other => time.GetUtcNow() < other.RenewAt, cancellation)).Token;
        }
        catch (GraphException reason) when (reason.Failure is GraphFailure.Unavailable or GraphFailure.Limited && time.GetUtcNow() < known?.EndsAt)
        {
            return known.Token;
        }
    }

    /// <summary>Another token than one that Graph did not take; when somebody else has got a new one by now, that.</summary>
    private async Task<string> RenewAsync(Guid account, string refused, CancellationToken cancellation) =>
        (await RequestAsync(account, other => other.Token != refused, cancellation)).Token;

    private async Task<GraphAccess> RequestAsync(Guid account, Func<GraphAccess, bool> isGood, CancellationToken cancellation)
    {
        GraphAccess? access = null;
        await grants.UseAsync(
            account,
            async grant =>
            {
                // who waited for their turn finds what the one before got
                access = await KnownAsync(account, cancellation);
                if (access is not null && isGood(access))
                    return null;
                var token = await ExchangeAsync(grant);
                access = Access(token);
                await cache.SetAsync(Key(account), access, new() { Expiration = access.EndsAt - time.GetUtcNow() }, cancellationToken: CancellationToken.None);
                return token.RefreshToken is null ? null : secrets.Protect(token.RefreshToken, RefreshTokenPurpose);
            },
            cancellation);
        return access!;
    }

    // not to be cancelled: the refresh token that it answers with may be the only good one from then on
    private async Task<GraphToken> ExchangeAsync(byte[] grant)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "refresh_token"),
            new("refresh_token", Decrypt(grant)),
            new("client_id", options.Value.ClientId),
        ];
        if (options.Value.ClientSecret.Length > 0)
            form.Add(new("client_secret", options.Value.ClientSecret));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{options.Value.Authority.ToString().TrimEnd('/')}/oauth2/v2.0/token")
        {
            Content = new FormUrlEncodedContent(form),
        };
        try
        {
            return await GraphHttp.SendAsync(http, request, GraphJson.Default.GraphToken, time, CancellationToken.None);
        }
        catch (GraphException reason) when (reason.Failure == GraphFailure.GrantRevoked)
        {
            throw new GraphException(reason.Failure, reason.Message, reason.Status) { Grant = grant };
        }
    }

    private GraphAccess Access(GraphToken token)
    {
        var (now, life) = (time.GetUtcNow(), TimeSpan.FromSeconds(Math.Max(1, token.ExpiresIn)));
        var early = TimeSpan.FromSeconds(options.Value.TokenEarlySeconds);
        return new(token.AccessToken, now + (life - early > life / 2 ? life - early : life / 2), now + life);
    }

    private ValueTask<GraphAccess?> KnownAsync(Guid account, CancellationToken cancellation) =>
        cache.GetOrCreateAsync(Key(account), static _ => new ValueTask<GraphAccess?>((GraphAccess?)null), OnlyRead, cancellationToken: cancellation);

    private string Decrypt(byte[] grant)
    {
        try
        {
            return secrets.Unprotect(grant, RefreshTokenPurpose);
        }
        catch (CryptographicException reason)
        {
            throw new GraphException(GraphFailure.Refused, $"The refresh token cannot be read: {reason.Message}", innerException: reason);
        }
    }

    private static string Key(Guid account) => $"{Namespace}:{account}";
}

/// <summary>An access token as it is kept.</summary>
/// <param name="Token">The token.</param>
/// <param name="RenewAt">From when on another one is asked for.</param>
/// <param name="EndsAt">Until when it is taken.</param>
internal sealed record GraphAccess(string Token, DateTimeOffset RenewAt, DateTimeOffset EndsAt);
