using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>The parts that read mail to be tracked.</summary>
internal static class SyncServices
{
    private const int ConcurrentBatches = 2;

    /// <summary>What reads the past, the changes and single mails of accounts.</summary>
    public static void AddSyncing(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SyncOptions>().BindConfiguration(SyncOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<MailAccounts>();
        services.AddSingleton<GraphAccounts>();
        services.AddSingleton<AccountRevocation>();
        services.AddSingleton<BatchRecorder>();
        services.AddSingleton<MailSyncs>();
        services.AddSingleton<SyncRevival>();
        services.AddSingleton<TableStatistics>();
        services.AddSingleton<SyncRun>();
        services.AddKeyedScoped<IMailSource, GraphSource>(MailAccount.Microsoft);
        services.AddKeyedScoped<IMailSource, GmailSource>(MailAccount.Gmail);
        services.AddScoped<GraphSubscribing>();
        services.AddScoped<GraphDelta>();
        services.AddScoped<GraphChangeReader>();
        services.AddSingleton<TrackingRequests>();
        services.AddKeyedScoped<IMailFinder, GraphFinder>(MailAccount.Microsoft);
        services.AddKeyedScoped<IMailFinder, GmailFinder>(MailAccount.Gmail);
    }

    /// <summary>The jobs of it.</summary>
    public static JobWorkerBuilder HandleSyncing(this JobWorkerBuilder jobs, SyncOptions options) => jobs
        .Handle<SyncEmails, SyncEmailsHandler>(maxBatch: 1, concurrentBatches: options.ConcurrentSyncs)
        .Handle<ReadGraphChanges, ReadGraphChangesHandler>(maxBatch: 200, ConcurrentBatches)
        .Handle<FollowAccount, FollowAccountHandler>(maxBatch: 50, ConcurrentBatches)
        .Handle<TrackEmail, TrackEmailHandler>(maxBatch: 50, ConcurrentBatches)
        .Handle<PollGraphMailboxes, PollGraphMailboxesHandler>(maxBatch: 16, concurrentBatches: 1)
        .Handle<RenewSubscriptions, RenewSubscriptionsHandler>(maxBatch: 16, concurrentBatches: 1);

    /// <summary>How often those of them come that recur.</summary>
    public static void AddSyncSchedules(this IServiceCollection services, SyncOptions options)
    {
        services.AddRecurringJob(
            "poll-graph-mailboxes", TimeSpan.FromSeconds(options.PollCheckSeconds), id => new PollGraphMailboxes(id));
        services.AddRecurringJob(
            "renew-subscriptions", TimeSpan.FromSeconds(options.SubscriptionCheckSeconds), id => new RenewSubscriptions(id));
    }
}
