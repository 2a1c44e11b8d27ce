using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Ingest.Email.Bounces;
using Switchboard.Workers.Ingest.Email.Tracking;

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
        services.AddSingleton<MailAccountStore>();
        services.AddSingleton<GraphMailboxStore>();
        services.AddSingleton<AccountRevocation>();
        services.AddSingleton<BatchRecorder>();
        services.AddSingleton<SyncRunStore>();
        services.AddSingleton<SyncRevival>();
        services.AddSingleton<TableStatistics>();
        services.AddSingleton<SyncRun>();
        services.AddKeyedScoped<IMailSource, GraphSource>(MailProviders.Microsoft);
        services.AddKeyedScoped<IMailSource, GmailSource>(MailProviders.Gmail);
        services.AddScoped<GraphSubscribing>();
        services.TryAddSingleton<RecipientAddressStore>();
        services.AddSingleton<BouncedNotifications>();
        services.AddSingleton<MailPipeline>();
        services.AddScoped<GraphNewMail>();
        services.AddScoped<GraphDelta>();
        services.AddScoped<GraphChangeReader>();
        services.AddSingleton<TrackingRequests>();
        services.AddKeyedScoped<IMailFinder, GraphFinder>(MailProviders.Microsoft);
        services.AddKeyedScoped<IMailFinder, GmailFinder>(MailProviders.Gmail);
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

/// <summary>Section <c>Syncing</c>: how mail is read to be tracked.</summary>
internal sealed class SyncOptions
{
    public const string Section = "Syncing";

    /// <summary>For how long a job goes on with a sync before it leaves the rest to the next one.</summary>
    [Range(1, 60)]
    [ConfigurationKeyName("TurnSeconds")]
    public int RunSeconds { get; set; } = 5;

    /// <summary>How many syncs a process goes on with at once.</summary>
    [Range(1, 64)]
    public int ConcurrentSyncs { get; set; } = 4;

    /// <summary>How many accounts of a batch of jobs are read at once.</summary>
    [Range(1, 64)]
    public int ConcurrentAccounts { get; set; } = 8;

    /// <summary>For how long an account stays locked when the process that syncs it dies.</summary>
    [Range(3, 300)]
    public int LockSeconds { get; set; } = 10;

    /// <summary>When to look again at an account that another job syncs.</summary>
    [Range(50, 60_000)]
    public int BusyRetryMilliseconds { get; set; } = 1_000;

    /// <summary>An account of Microsoft 365 whose changes were not read for so long is read without having been told of any.</summary>
    [Range(10, 86_400)]
    public int PollSeconds { get; set; } = 300;

    /// <summary>How often it is looked for such accounts, and for syncs that nobody goes on with.</summary>
    [Range(1, 3_600)]
    public int PollCheckSeconds { get; set; } = 60;

    /// <summary>A sync that has not moved for so long has lost its job and gets another one.</summary>
    [Range(30, 86_400)]
    public int StalledSeconds { get; set; } = 300;

    /// <summary>How often it is looked for subscriptions to renew.</summary>
    [Range(60, 86_400)]
    public int SubscriptionCheckSeconds { get; set; } = 900;

    /// <summary>Changes that cannot be read on are read again from so many minutes before they were last read.</summary>
    [Range(1, 10_080)]
    public int ResyncSlackMinutes { get; set; } = 60;
}

/// <summary>Section <c>Mailboxes</c>: how they are kept in sync.</summary>
internal sealed class MailboxOptions
{
    public const string Section = "Mailboxes";

    /// <summary>A mailbox of which nothing was heard for so long is read without a push: pushes may be lost.</summary>
    [Range(1, 86_400)]
    public int PollSeconds { get; set; } = 60;

    /// <summary>How often it is looked for watches to renew.</summary>
    [Range(60, 86_400)]
    public int WatchCheckSeconds { get; set; } = 3_600;

    /// <summary>A watch is renewed when it ends within so many hours: of the 7 days that Gmail grants, 144 leave one.</summary>
    [Range(1, 167)]
    public int RenewWatchBeforeHours { get; set; } = 144;

    /// <summary>How far back mail is looked for when the history is too old to go on from.</summary>
    [Range(1, 30)]
    public int ResyncDays { get; set; } = 7;

    /// <summary>How many mailboxes of a batch are read at once.</summary>
    [Range(1, 64)]
    public int ConcurrentSyncs { get; set; } = 8;

    /// <summary>For how long a mailbox is read before others have their turn, if each page of it is a place to go on from.</summary>
    [Range(1, 600)]
    public int RunSeconds { get; set; } = 10;

    /// <summary>For how long a mailbox stays locked when the process that reads it dies.</summary>
    [Range(5, 300)]
    public int LockSeconds { get; set; } = 30;

    /// <summary>When to look again at a mailbox that another process is reading.</summary>
    [Range(50, 10_000)]
    public int BusyRetryMilliseconds { get; set; } = 500;
}
