using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Email.Analytics;
using Switchboard.Edge.Api.Email.Syncs;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Edge.Api.Email;

internal static class EmailServices
{
    /// <summary>Who has which account, how it is connected, how that changes, and its full syncs.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddOptions<GraphAccountOptions>()
            .BindConfiguration(GraphAccountOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHttpClient(GraphAuthority.ClientName, (provider, client) =>
        {
            client.Timeout = TimeSpan.FromSeconds(provider.GetRequiredService<IOptions<GraphAccountOptions>>().Value.ConnectTimeoutSeconds);
            client.MaxResponseContentBufferSize = GraphAuthority.MaxAnswerBytes;
        });
        return services
            .AddSingleton<AccountStore>()
            .AddSingleton<AccountCache>()
            .AddSingleton<AccountRemoval>()
            .AddSingleton<ConnectionStore>()
            .AddSingleton<AccountConnector>()
            .AddSingleton<GraphAuthority>()
            .AddSingleton<SyncStore>();
    }

    /// <summary>Tracked mails: one, lists of them, and stats.</summary>
    public static IServiceCollection AddTrackedEmails(this IServiceCollection services) => services
        .AddRollout()
        .AddQueryMonitor()
        .AddSingleton<TrackedEmailStore>()
        .AddSingleton<TrackRequestStore>()
        .AddSingleton<TrackedEmailLists>()
        .AddSingleton<EmailStats>();
}
