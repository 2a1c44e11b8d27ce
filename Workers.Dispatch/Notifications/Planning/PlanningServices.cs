using System.Diagnostics.Metrics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Notifications.Templates;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>Registration of what makes notifications of requests.</summary>
internal static class PlanningServices
{
    /// <summary>What the process remembers of recipients and templates.</summary>
    public static IServiceCollection AddDispatchCache(this IServiceCollection services) =>
        services.AddSwitchboardCache(cache => cache.AddRecipients().Templates().SocialAccounts());

    /// <summary>What plans requests, and releases what waits; the process caches recipients and templates.</summary>
    public static IServiceCollection AddPlanning(this IServiceCollection services)
    {
        services.AddNotifications();
        services.AddRecipients();
        services.AddTemplates();
        services.AddMetrics();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<DigestStore>();
        services.AddSingleton<RecipientPages>();
        services.AddSingleton<PlanContexts>();
        services.AddSingleton<Throttles>();
        services.AddSingleton<MessageWriter>();
        services.AddSingleton<WaitingDeliveries>();
        services.AddSingleton<DeliveryRelease>();
        services.AddSingleton<PlanningMetrics>();
        return services;
    }

    /// <summary>The jobs of planning.</summary>
    public static JobWorkerBuilder HandlePlanning(this JobWorkerBuilder jobs) => jobs
        .Handle<ExpandNotify, ExpandNotifyHandler>(maxBatch: 4)
        .Handle<ReleaseHeld, ReleaseHeldHandler>(maxBatch: 50)
        .Handle<ReleaseDigest, ReleaseDigestHandler>(maxBatch: 100)
        .Handle<ContinueFallback, ContinueFallbackHandler>(maxBatch: 50)
        .Handle<CancelNotify, CancelNotifyHandler>(maxBatch: 4);
}

/// <summary>
/// In the meter <c>Switchboard.Dispatch</c>: <c>switchboard.notify.planned</c>, what was decided about deliveries, by <c>action</c> (send,
/// hold, digest, wait, skip) and <c>reason</c> (none, or a word of <see cref="NotifyReasons"/>).
/// </summary>
internal sealed class PlanningMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _planned = meters.Create("Switchboard.Dispatch").CreateCounter<long>(
        "switchboard.notify.planned", "{delivery}", "Decisions about deliveries of requests; action: send, hold, digest, wait, skip.");

    public void Planned(IEnumerable<PlannedDelivery> plans)
    {
        foreach (var group in plans.GroupBy(plan => (plan.Action, plan.Reason)))
            _planned.Add(
                group.Count(),
                new("action", group.Key.Action.ToString().ToLowerInvariant()),
                new("reason", group.Key.Reason ?? "none"));
    }
}
