using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.FeatureFlags;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Email.Analytics;
using Switchboard.Edge.Api.Email.Syncs;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Edge.Api.Email;

internal static class EmailServices
{
    /// <summary>The accounts of users, how they are connected and changed, and their full syncs.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddMailProviders()
        .AddSingleton<AccountStore>()
        .AddSingleton<AccountCache>()
        .AddSingleton<AccountRemoval>()
        .AddSingleton<AccountConnector>()
        .AddSingleton<MailConnectionFlow>()
        .AddSingleton<SyncStore>();

    /// <summary>Tracked mails: one, lists of them, and stats.</summary>
    public static IServiceCollection AddTrackedEmails(this IServiceCollection services) => services
        .AddRollout()
        .AddQueryMonitor()
        .AddSingleton<TrackedEmailStore>()
        .AddSingleton<TrackRequestStore>()
        .AddSingleton<TrackedEmailLists>()
        .AddSingleton<EmailStats>();
}
