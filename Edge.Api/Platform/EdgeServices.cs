using Switchboard.Core.Deletion;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Notifications.Templates;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Rules;
using Switchboard.Core.Social.Accounts;
using Switchboard.Edge.Api.Email;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Email.Analytics;
using Switchboard.Edge.Api.Email.Tracking;
using Switchboard.Edge.Api.Notifications.Inbox;
using Switchboard.Edge.Api.Notifications.Notify;
using Switchboard.Edge.Api.Notifications.Recipients;
using Switchboard.Edge.Api.Notifications.Templates;
using Switchboard.Edge.Api.Notifications.Webhooks;
using Switchboard.Edge.Api.Operations.Access;
using Switchboard.Edge.Api.Rules;
using Switchboard.Edge.Api.Sms;
using Switchboard.Edge.Api.Sms.PhoneNumbers;
using Switchboard.Edge.Api.Social.Accounts;
using Switchboard.Edge.Api.Social.Health;
using Switchboard.Edge.Api.Social.Posts;
using Switchboard.Edge.Api.Social.Schedules;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What the endpoints of the systems share, in one place.</summary>
internal static class EdgeServices
{
    /// <summary>The namespaces that the edge reads, and those that it only clears.</summary>
    public static IServiceCollection AddEdgeCache(this IServiceCollection services) => services.AddSwitchboardCache(cache => cache
        .Namespace(UserDeletion.KeyNamespace, ttl: TimeSpan.FromMinutes(5), maxEntries: 10_000, encrypted: true, keepsNothing: false)
        .Namespace(
            StoredRules.CacheNamespace, ttl: TimeSpan.FromMinutes(5), maxEntries: 1_000, maxBytes: RuleTrials.MaxBytes,
            bytesOf: RuleTrials.BytesOf)
        .Namespace(OAuthTokens.CacheNamespace, OAuthTokens.CacheTime, maxEntries: 1_000, encrypted: true)
        .Namespace(AccountCache.CacheNamespace, ttl: TimeSpan.FromMinutes(5), maxEntries: 1_000)
        .Namespace(TrackedEmailQuery.CacheNamespace, ttl: TimeSpan.FromMinutes(5), maxEntries: 1_000)
        .Namespace(StatsQuery.CacheNamespace, ttl: TimeSpan.FromMinutes(10), maxEntries: 1_000)
        .Templates()
        .Namespace(NumberOwners.OwnersNamespace, ttl: TimeSpan.FromMinutes(15), maxEntries: 1_000)
        .Namespace(NumberOwners.VerifiedNamespace, ttl: TimeSpan.FromMinutes(5), maxEntries: 500)
        .AddRecipients()
        .SocialAccounts()
        .AddSocialSchedules()
        .AddSocialHealth());

    /// <summary>What endpoints of one feature share.</summary>
    public static IServiceCollection AddFeatures(this IServiceCollection services) => services
        .AddRules()
        .AddTemplateVersions()
        .AddSingleton<VapidKeyStore>()
        .AddSingleton<UserRemoval>()
        .AddSingleton<UserExport>()
        .AddSingleton<NotifyStore>()
        .AddAccounts()
        .AddTrackedEmails()
        .AddPhoneNumbers()
        .AddSms()
        .AddRecipientEndpoints()
        .AddInbox()
        .AddSocialEndpoints()
        .AddSocialHealth()
        .AddSocialPosts()
        .AddSocialSchedules()
        .AddWebhookEndpoints();
}
