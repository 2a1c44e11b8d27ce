using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Switchboard.Core.Jobs;
using Switchboard.Core.Media;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Media;
using Switchboard.Core.Social.Publishing;
using Switchboard.Workers.Dispatch.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>Registration of what publishes posts.</summary>
internal static class PublishingServices
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan CleanUpEvery = TimeSpan.FromDays(1);

    /// <summary>What publishes posts, on the registered <see cref="ISocialPlatform"/>s; the process caches accounts.</summary>
    public static IServiceCollection AddSocialPublishing(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PublishingOptions>().BindConfiguration(PublishingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics();
        services.AddJobPublishing();
        services.AddSwitchboardLimits();
        services.AddProviderLimits();
        services.AddSocialAccounts();
        services.AddPublishTargets();
        services.AddMediaStore(configuration);
        services.AddSingleton<SocialMediaStore>();
        services.AddSingleton<SocialMediaLinks>();
        services.AddSingleton<PublishMediaSource>();
        services.AddSingleton<PublishingStore>();
        services.AddSingleton<PublishDecisions>();
        services.AddSingleton<PublishMetrics>();
        services.AddSingleton<SocialLimits>();
        services.TryAddSingleton<AccountMetrics>();
        services.AddSingleton<AccountChanges>();
        services.AddSingleton<PublishTasks>();
        services.AddHostedService(provider => provider.GetRequiredService<PublishTasks>());
        services.AddSingleton<Publisher>();
        services.AddSingleton<PublishSweep>();
        services.AddHostedService<WaitingTargets>();
        services.AddRecurringJob("sweep-posts", SweepEvery, id => new SweepPosts(id));
        services.AddRecurringJob("clean-up-publishing", CleanUpEvery, id => new CleanUpPublishing(id));
        return services;
    }

    /// <summary>The jobs of publishing.</summary>
    public static JobWorkerBuilder HandlePublishing(this JobWorkerBuilder jobs) => jobs
        .Handle<PublishPost, PublishPostHandler>(maxBatch: 100, concurrentBatches: 4, window: TimeSpan.FromMilliseconds(20))
        .Handle<DeletePost, DeletePostHandler>(maxBatch: 10)
        .Handle<SweepPosts, SweepPostsHandler>(maxBatch: 10, concurrentBatches: 1)
        .Handle<CleanUpPublishing, CleanUpPublishingHandler>(maxBatch: 10, concurrentBatches: 1);
}

/// <summary>
/// The meter <c>Switchboard.Social</c>: <c>switchboard.social.targets</c>, what became of posts at an account, by <c>platform</c> and
/// <c>outcome</c> (published, failed, unknown; or, of what waits, the reason); <c>switchboard.social.lateness</c>, in seconds, from when
/// one was due to when it was sent; and <c>switchboard.social.swept</c>, posts that should have been looked at and were not.
/// </summary>
internal sealed class PublishMetrics
{
    private readonly Counter<long> _targets;
    private readonly Histogram<double> _lateness;
    private readonly Counter<long> _swept;

    public PublishMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Switchboard.Social");
        _targets = meter.CreateCounter<long>(
            "switchboard.social.targets", "{target}", "What became of posts at an account, by platform and outcome");
        _lateness = meter.CreateHistogram<double>(
            "switchboard.social.lateness", "s", "From when a post was due to when it was sent, by platform");
        _swept = meter.CreateCounter<long>("switchboard.social.swept", "{target}", "Posts that should have been looked at and were not");
    }

    public void Settled(SettledTarget met, TargetSettlement settlement)
    {
        var outcome = settlement.State == TargetStates.Waiting ? settlement.Reason : settlement.State;
        _targets.Add(1, new("platform", met.Platform), new("outcome", outcome));
        if (settlement.State == TargetStates.Published && met.SentAt - met.DueAt is { } late)
            _lateness.Record(Math.Max(0, late.TotalSeconds), new KeyValuePair<string, object?>("platform", met.Platform));
    }

    public void Swept(int count)
    {
        if (count > 0)
            _swept.Add(count);
    }
}
