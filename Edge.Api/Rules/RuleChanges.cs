using Microsoft.Extensions.Caching.Hybrid;

namespace Switchboard.Edge.Api.Rules;

/// <summary>
/// Tells every process that a user's rules are others now. Only for speed: workers compare <c>users.rules_version</c>, which changes
/// in the transaction that changes a rule, with each batch.
/// </summary>
internal sealed class RuleChanges(HybridCache cache)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "rules";

    /// <summary>Counts the change, in a statement where $1 is the user and <c>changed</c> has a row if there was one.</summary>
    public const string CountSql =
        "counted AS (UPDATE users SET rules_version = rules_version + 1 WHERE id = $1 AND EXISTS (SELECT FROM changed))";

    /// <summary>The rules of this user are others now.</summary>
    public ValueTask AnnounceAsync(Guid userId, CancellationToken cancellation) =>
        cache.RemoveByTagAsync($"{CacheNamespace}:{userId}", cancellation);
}
