using Switchboard.Analytics.Worker.Email;
using Switchboard.Analytics.Worker.Events;
using Switchboard.Analytics.Worker.Retention;
using Switchboard.Analytics.Worker.Social;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social;

namespace Switchboard.Analytics.Worker;

/// <summary>The parts of this process, as <c>Program.cs</c> lists them.</summary>
internal static class AnalyticsServices
{
    /// <summary>Postgres and RabbitMQ.</summary>
    public static void AddStores(this WebApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("switchboard", configureDataSourceBuilder: builder.AddDatabasePool());
        builder.AddRabbitMQClient("rabbitmq");
        builder.Services.AddProcessReports(ProcessServices.Analytics).AddQueryMonitor();
    }

    /// <summary>The jobs of this process, and how often those that recur do.</summary>
    public static void AddAnalyticsJobs(this WebApplicationBuilder builder)
    {
        var retention = builder.AddValidated<RetentionOptions>(RetentionOptions.Section);
        var views = builder.AddValidated<ViewOptions>(ViewOptions.Section);
        var health = builder.AddValidated<HealthOptions>(HealthOptions.Section);
        builder.Services.AddSingleton<PruningMetrics>();
        builder.Services.AddSingleton<AccountScoring>();
        builder.Services.AddSingleton<AccountData>();
        builder.Services.AddSingleton<TrackingViews>();
        builder.Services.AddSingleton<ViewMetrics>();
        builder.Services.AddJobPublishing();
        builder.Services.AddJobWorker(JobWorker.Analytics, jobs => jobs
            .Handle<RecordEvents, RecordEventsHandler>(maxBatch: 400, concurrentBatches: 1, window: TimeSpan.FromMilliseconds(500))
            .Handle<DeleteAccountData, DeleteAccountDataHandler>(maxBatch: 16, concurrentBatches: 1)
            .Handle<ScoreAccounts, ScoreAccountsHandler>(maxBatch: 200, concurrentBatches: 1, window: TimeSpan.FromMilliseconds(500))
            .Handle<ScoreAllAccounts, ScoreAllAccountsHandler>(maxBatch: 16, concurrentBatches: 1)
            .Handle<RefreshTrackingViews, RefreshTrackingViewsHandler>(maxBatch: 16, concurrentBatches: 1)
            .Handle<PruneData, PruneDataHandler>(maxBatch: 16, concurrentBatches: 1));
        builder.Services.AddRecurringJob(
            "score-all-accounts", TimeSpan.FromMinutes(Math.Max(1, health.EveryMinutes)), id => new ScoreAllAccounts(id));
        builder.Services.AddRecurringJob(
            "prune-data", TimeSpan.FromMinutes(retention.EveryMinutes), id => new PruneData(id));
        builder.Services.AddRecurringJob(
            "refresh-tracking-views", TimeSpan.FromSeconds(Math.Max(1, views.CheckSeconds)), id => new RefreshTrackingViews(id));
    }

    // Answers them as they are now: how often a job recurs is set when it is registered.
    private static T AddValidated<T>(this WebApplicationBuilder builder, string section)
        where T : class, new()
    {
        builder.Services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        return builder.Configuration.GetSection(section).Get<T>() ?? new T();
    }
}
