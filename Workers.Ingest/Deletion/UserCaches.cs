using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>
/// What the caches of all processes hold of a user. Lists and analytics of tracked mail are not among it: their keys are hashes over the
/// versions of accounts, which nobody has any more, and they end within ten minutes.
/// </summary>
internal sealed class UserCaches(HybridCache cache)
{
    /// <summary>Where the edge keeps whose a phone number is: keys <c>phone-numbers:{number}</c>.</summary>
    public const string NumberNamespace = "phone-numbers";

    /// <summary>Removes it everywhere, within a second.</summary>
    public async Task ForgetAsync(Deletion deletion, CancellationToken cancellationToken)
    {
        await cache.RemoveByTagAsync($"{RuleCache.Namespace}:{deletion.UserId}", cancellationToken);
        await cache.RemoveAsync($"{AccountRevocation.VerificationNamespace}:{deletion.UserId}", cancellationToken);
        foreach (var account in deletion.Accounts)
        {
            await cache.RemoveAsync(OAuthTokens.CacheKey(account), cancellationToken);
            await cache.RemoveAsync($"{GraphFolders.Namespace}:{account}/all", cancellationToken);
        }

        foreach (var number in deletion.Names.Where(name => name.StartsWith('+')))
            await cache.RemoveAsync($"{NumberNamespace}:{number}", cancellationToken);
    }
}
