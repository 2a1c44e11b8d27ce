using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;
using Switchboard.Edge.Api.Email.Analytics;

namespace Switchboard.Edge.Api.Email.Tracking;

internal static class TrackedEmailExtensions
{
    /// <summary>What lists of tracked mails and figures of them share.</summary>
    public static IServiceCollection AddTrackedEmails(this IServiceCollection services) => services
        .AddRollout()
        .AddQueryMonitor()
        .AddSingleton<TrackedEmailLists>()
        .AddSingleton<EmailStats>();
}
