using Microsoft.Extensions.Caching.Hybrid;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>The tokens of mailboxes, which Workers.Ingest uses.</summary>
internal sealed class MailboxTokens(HybridCache cache)
{
    /// <summary>What refresh tokens are encrypted for.</summary>
    public const string RefreshTokenPurpose = "gmail-refresh-token";

    /// <summary>The namespace of the cache where access tokens are.</summary>
    public const string CacheNamespace = "gmail-token";

    /// <summary>An access token that was got with a former refresh token must not be used any more.</summary>
    public ValueTask ForgetAsync(Guid mailboxId, CancellationToken cancellation) =>
        cache.RemoveAsync($"{CacheNamespace}:{mailboxId}", cancellation);
}
