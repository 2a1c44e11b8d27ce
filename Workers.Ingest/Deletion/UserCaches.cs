using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Deletion;
using Switchboard.Core.Notifications.Templates;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Core.Social.Accounts;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>
/// What the caches of all processes hold of a user: by their names, and what has none of the user (lists and analytics of tracked mail,
/// whose keys are hashes) by its tag.
/// </summary>
internal sealed class UserCaches(HybridCache cache)
{
    /// <summary>Where the edge keeps whose a phone number is: keys <c>phone-numbers:{number}</c>.</summary>
    public const string NumberNamespace = "phone-numbers";

    /// <summary>Removes it everywhere, within a second.</summary>
    public async Task ForgetAsync(Deletion deletion, CancellationToken cancellationToken)
    {
        await cache.RemoveByTagAsync(UserDeletion.CacheTag(deletion.UserId), cancellationToken);
        await cache.RemoveByTagAsync($"{StoredRules.CacheNamespace}:{deletion.UserId}", cancellationToken);
        await cache.RemoveByTagAsync(TemplateStore.CacheTag(deletion.UserId), cancellationToken);
        await cache.RemoveByTagAsync(SocialAccountCache.TagOf(deletion.UserId), cancellationToken);
        await cache.RemoveAsync($"{AccountRevocation.VerificationNamespace}:{deletion.UserId}", cancellationToken);
        foreach (var account in deletion.Accounts)
        {
            await cache.RemoveAsync(OAuthTokens.CacheKey(account), cancellationToken);
            await cache.RemoveAsync($"{GraphFolders.Namespace}:{account}/all", cancellationToken);
        }

        foreach (var number in deletion.Names.Where(name => name.StartsWith('+')))
            await cache.RemoveAsync($"{NumberNamespace}:{PhoneNumber.ContactOf(number) ?? number}", cancellationToken);
        foreach (var key in deletion.Names.Where(name => name.StartsWith(UserDeletion.KeyCachePrefix, StringComparison.Ordinal)))
            await cache.RemoveAsync(key, cancellationToken);
    }
}
