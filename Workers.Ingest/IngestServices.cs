using Switchboard.Core.Deletion;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Media;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Rules;
using Switchboard.Core.Sms;
using Switchboard.Core.Social.Media;
using Switchboard.Workers.Ingest.Deletion;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;
using Switchboard.Workers.Ingest.Providers.Graph;
using Switchboard.Workers.Ingest.Providers.Speech;
using Switchboard.Workers.Ingest.Providers.Twilio;
using Switchboard.Workers.Ingest.Sms.Media;
using Switchboard.Workers.Ingest.Sms.Messages;

namespace Switchboard.Workers.Ingest;

/// <summary>The parts of this process, as <c>Program.cs</c> lists them.</summary>
internal static class IngestServices
{
    /// <summary>Postgres, Redis and RabbitMQ, and what stands on them.</summary>
    public static void AddStores(this WebApplicationBuilder builder)
    {
        // the few statements of this process are prepared once a connection, not planned for each batch
        builder.AddNpgsqlDataSource("switchboard", configureDataSourceBuilder: builder.AddDatabasePool());
        builder.AddRedisClient("redis", configureOptions: RedisOptions.OnThreadPool);
        builder.AddRabbitMQClient("rabbitmq");
        builder.Services.AddProcessReports(ProcessServices.Ingest).AddMailCounter();
        builder.Services.AddSwitchboardCache(cache => cache
            .Namespace(StoredRules.CacheNamespace, TimeSpan.FromMinutes(5), maxEntries: 1_000, maxBytes: RuleCache.MaxBytes, bytesOf: RuleCache.BytesOf)
            .Namespace(OAuthTokens.CacheNamespace, OAuthTokens.CacheTime, maxEntries: 1_500, encrypted: true)
            .Namespace(GraphFolders.Namespace, TimeSpan.FromDays(1), maxEntries: 1_000)
            .Namespace(AccountRevocation.VerificationNamespace, TimeSpan.FromMinutes(5), maxEntries: 1_000)
            .Namespace(UserCaches.NumberNamespace, TimeSpan.FromMinutes(15), maxEntries: 1)
            .Namespace(UserDeletion.KeyNamespace, TimeSpan.FromMinutes(5), maxEntries: 1, encrypted: true));
        builder.Services.AddNotifications();
        builder.Services.AddSwitchboardLimits();
        builder.Services.AddProviderLimits();
        builder.Services.AddRollout();
    }

    /// <summary>Whose mail is read, and by which tokens.</summary>
    public static void AddMailAccounts(this WebApplicationBuilder builder) => builder.Services
        .AddMailProviders()
        .AddSingleton<IGrantStore>(services => new GrantStore(
            "mailboxes", services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<TimeProvider>()))
        .AddSingleton<OAuthTokens>();

    /// <summary>What takes mail in, whichever way it came.</summary>
    public static void AddEmailRules(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IngestMetrics>();
        builder.Services.AddSingleton<RuleCache>();
        builder.Services.AddSingleton<EmailProcessor>();
    }

    /// <summary>What takes SMS in, and evaluates the rules on them.</summary>
    public static void AddSms(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SmsProcessor>();
        builder.Services.AddSingleton<SmsRules>();
    }

    /// <summary>What fetches, checks, keeps and transcribes the files of SMS. Before the jobs: their folder is to outlive them.</summary>
    public static void AddMedia(this WebApplicationBuilder builder)
    {
        builder.Services.AddMediaStore(builder.Configuration);
        builder.Services.AddMediaDownload();
        builder.Services.AddSpeech();
        builder.Services.AddTempFolder();
        builder.Services.AddSingleton<MediaItemStore>();
        builder.Services.AddSingleton<MediaEnrichment>();
    }

    /// <summary>What deletes users, ends their accounts at the providers, and forgets what is older than it is kept.</summary>
    public static void AddDeletion(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<EnrichmentRetention>().BindConfiguration(EnrichmentRetention.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<AccountGrants>();
        builder.Services.AddSingleton<AccountEndings>();
        builder.Services.AddSingleton<UserDataStore>();
        builder.Services.AddSingleton<UserCaches>();
        builder.Services.AddOptions<UploadRetention>().BindConfiguration(UploadRetention.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SocialMediaStore>();
        builder.Services.AddRecurringJob("prune-social-media", TimeSpan.FromHours(1), id => new PruneSocialMedia(id));
        builder.Services.AddRecurringJob("prune-enrichments", TimeSpan.FromHours(1), id => new PruneEnrichments(id));
    }

    /// <summary>The client of Gmail.</summary>
    public static void AddGmail(this WebApplicationBuilder builder) => builder.Services.AddGmail();

    /// <summary>The client of Microsoft Graph.</summary>
    public static void AddGraph(this WebApplicationBuilder builder) => builder.Services.AddGraph();

    /// <summary>What keeps mailboxes in sync.</summary>
    public static void AddMailboxes(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<MailboxOptions>().BindConfiguration(MailboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<GmailMailboxStore>();
        builder.Services.AddScoped<MailboxWatch>();
        builder.Services.AddScoped<MessageReader>();
        builder.Services.AddScoped<MessageProcessor>();
        builder.Services.AddScoped<MailPages>();
        builder.Services.AddScoped<MailboxSync>();
        builder.Services.AddScoped<MailboxRun>();
    }

    /// <summary>The jobs of this process, and how often those that recur do.</summary>
    public static void AddIngestJobs(this WebApplicationBuilder builder)
    {
        var mailboxes = builder.Configuration.GetSection(MailboxOptions.Section).Get<MailboxOptions>() ?? new MailboxOptions();
        var syncs = builder.Configuration.GetSection(SyncOptions.Section).Get<SyncOptions>() ?? new SyncOptions();
        var pool = builder.Configuration.Get<HttpPoolOptions>() ?? new HttpPoolOptions();
        builder.Services.AddJobPublishing();
        builder.Services.AddJobWorker(JobWorker.Ingest, jobs => jobs
            .Handle<ProcessEmail, ProcessEmailHandler>(maxBatch: 500, concurrentBatches: 1)
            .Handle<EnrichMessage, EnrichMessageHandler>(maxBatch: 200)
            .Handle<EnrichMedia, EnrichMediaHandler>(EnrichMediaHandler.MaxBatch, EnrichMediaHandler.ConcurrentBatches(pool))
            .Handle<SyncMailbox, SyncMailboxHandler>(maxBatch: 16)
            .Handle<ReadMail, ReadMailHandler>(maxBatch: 16)
            .Handle<ReadGraphMail, ReadGraphMailHandler>(maxBatch: 16)
            .Handle<PollMailboxes, PollMailboxesHandler>(maxBatch: 16)
            .Handle<RenewWatches, RenewWatchesHandler>(maxBatch: 16)
            .Handle<EndAccount, EndAccountHandler>(maxBatch: 16)
            .Handle<DeleteUserData, DeleteUserDataHandler>(maxBatch: 4, concurrentBatches: 1)
            .Handle<DeleteRecipientData, DeleteRecipientDataHandler>(maxBatch: 16, concurrentBatches: 1)
            .Handle<PruneEnrichments, PruneEnrichmentsHandler>(maxBatch: 16, concurrentBatches: 1)
            .Handle<PruneSocialMedia, PruneSocialMediaHandler>(maxBatch: 16, concurrentBatches: 1)
            .HandleSyncing(syncs)
            .HandleTracking());
        builder.Services.AddSyncSchedules(syncs);
        builder.AddTrackingSchedules();
        builder.Services.AddRecurringJob(
            "poll-mailboxes", TimeSpan.FromSeconds(mailboxes.PollSeconds), id => new PollMailboxes(id));
        builder.Services.AddRecurringJob(
            "renew-watches", TimeSpan.FromSeconds(mailboxes.WatchCheckSeconds), id => new RenewWatches(id));
    }
}
