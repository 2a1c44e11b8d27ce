using Switchboard.Core.Performance;
using Switchboard.Core.Rollout;
using Switchboard.Edge.Api.EmailAnalytics;

namespace Switchboard.Edge.Api.TrackedEmails;

internal static class TrackedEmailExtensions
{
    /// <summary>What lists of tracked mails and figures of them share.</summary>
    public static IServiceCollection AddTrackedEmails(this IServiceCollection services) => services
        .AddRollout()
        .AddQueryMonitor()
        .AddSingleton<TrackedEmailLists>()
        .AddSingleton<EmailFigures>();
}
