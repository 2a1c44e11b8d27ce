using Microsoft.Extensions.Caching.Hybrid;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>The tokens of accounts of Microsoft 365, which Workers.Ingest uses.</summary>
internal sealed class AccountTokens(HybridCache cache)
{
    /// <summary>What refresh tokens are encrypted for.</summary>
    public const string RefreshTokenPurpose = "graph-refresh-token";

    /// <summary>The namespace of the cache where access tokens are.</summary>
    public const string CacheNamespace = "graph-token";

    /// <summary>An access token that was got with a former refresh token must not be used any more.</summary>
    public ValueTask ForgetAsync(Guid accountId, CancellationToken cancellation) =>
        cache.RemoveAsync($"{CacheNamespace}:{accountId}", cancellation);
}
