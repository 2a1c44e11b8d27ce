using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Security;

namespace Switchboard.Core.Providers.OAuth;

/// <summary>
/// The access tokens of connected accounts, whichever provider's: had for their refresh tokens and kept encrypted. One is renewed before
/// it ends, by one process at a time; if that does not succeed, it is used to its end. A refresh token that comes with it takes the place
/// of the one before; where none comes, that one stays.
/// </summary>
public sealed class OAuthTokens(
    HybridCache cache, IGrantStore grants, OAuthClient client, SecretProtector secrets, TimeProvider timeProvider)
{
    /// <summary>The namespace in the cache, to be encrypted: keys <c>access-token:{account}</c>.</summary>
    public const string CacheNamespace = "access-token";

    /// <summary>The longest time that one is kept.</summary>
    public static TimeSpan CacheTime { get; } = TimeSpan.FromHours(1);

    private static readonly HybridCacheEntryOptions OnlyRead = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    /// <summary>The key in the cache: to be removed when another grant has taken the place of the one before.</summary>
    public static string CacheKey(Guid account) => $"{CacheNamespace}:{account}";

    /// <summary>Does something with an access token; if it is not taken, once more with another one.</summary>
    /// <param name="provider">Whose it is.</param>
    /// <param name="account">The account.</param>
    /// <param name="use">What to do; <see cref="FailureKind.Unauthorized"/> means that the token was not taken.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">There is none to be had, or what was done failed.</exception>
    public async Task<T> UseAsync<T>(
        OAuthProvider provider, Guid account, Func<string, Task<T>> use, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(use);
        var token = await GetAsync(provider, account, cancellationToken);
        try
        {
            return await use(token);
        }
        catch (ProviderException refused) when (refused.Kind == FailureKind.Unauthorized)
        {
            return await use((await RequestAsync(provider, account, other => other.Token != token, cancellationToken)).Token);
        }
    }

    /// <summary>An access token, mostly from the cache.</summary>
    /// <exception cref="ProviderException">There is none to be had.</exception>
    public async Task<string> GetAsync(OAuthProvider provider, Guid account, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(account, cancellationToken);
        if (known is not null && timeProvider.GetUtcNow() < known.RenewAt)
            return known.Token;
        try
        {
            return (await RequestAsync(provider, account, other => timeProvider.GetUtcNow() < other.RenewAt, cancellationToken)).Token;
        }
        catch (ProviderException reason) when (
            (reason.Failure.IsOutage || reason.Kind == FailureKind.Throttled) && timeProvider.GetUtcNow() < known?.EndsAt)
        {
            return known.Token;
        }
    }

    private async Task<AccessToken> RequestAsync(
        OAuthProvider provider, Guid account, Func<AccessToken, bool> isGood, CancellationToken cancellationToken)
    {
        AccessToken? access = null;
        await grants.UseAsync(
            account,
            async stored =>
            {
                // a caller that waited finds what the one before got
                access = await KnownAsync(account, cancellationToken);
                if (access is not null && isGood(access))
                    return null;
                var grant = await RefreshAsync(provider, account, stored);
                access = Access(provider, grant);
                var left = access.EndsAt - timeProvider.GetUtcNow();
                await cache.SetAsync(CacheKey(account), access, new() { Expiration = left }, cancellationToken: CancellationToken.None);
                return string.IsNullOrEmpty(grant.RefreshToken)
                    ? null
                    : secrets.Protect(grant.RefreshToken, SecretColumn.RefreshToken(provider.RefreshTokenPurpose), account);
            },
            cancellationToken);
        return access!;
    }

    // not to be cancelled: the refresh token that it answers with may be the only good one from then on
    private async Task<OAuthGrant> RefreshAsync(OAuthProvider provider, Guid account, byte[] stored)
    {
        try
        {
            return await client.RefreshAsync(provider, Decrypt(provider, account, stored), CancellationToken.None);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked)
        {
            throw new ProviderException(reason.Failure with { Grant = stored }, reason);
        }
    }

    private AccessToken Access(OAuthProvider provider, OAuthGrant grant)
    {
        var now = timeProvider.GetUtcNow();
        var life = TimeSpan.FromSeconds(Math.Clamp(grant.ExpiresIn ?? CacheTime.TotalSeconds, 1, CacheTime.TotalSeconds * 24));
        var early = life - provider.RenewEarly;
        return new(grant.AccessToken, now + (early > life / 2 ? early : life / 2), now + life);
    }

    private ValueTask<AccessToken?> KnownAsync(Guid account, CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync(
            CacheKey(account), static _ => new ValueTask<AccessToken?>((AccessToken?)null), OnlyRead, cancellationToken: cancellationToken);

    private string Decrypt(OAuthProvider provider, Guid account, byte[] stored)
    {
        try
        {
            return secrets.Unprotect(stored, SecretColumn.RefreshToken(provider.RefreshTokenPurpose), account);
        }
        catch (CryptographicException reason)
        {
            throw new ProviderException(FailureKind.Permanent, $"The refresh token cannot be read: {reason.Message}", reason);
        }
    }
}

/// <summary>An access token as it is kept.</summary>
/// <param name="Token">The token.</param>
/// <param name="RenewAt">From when on another one is asked for.</param>
/// <param name="EndsAt">Until when it is taken.</param>
public sealed record AccessToken(string Token, DateTimeOffset RenewAt, DateTimeOffset EndsAt);
