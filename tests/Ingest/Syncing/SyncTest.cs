using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using StackExchange.Redis;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Notifications;
using Switchboard.Core.Redis.Caching;
using Switchboard.Workers.Ingest;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Ingest.Syncing;

/// <summary>Syncs on a real database, of mailboxes that the test wrote; the broker is away.</summary>
public abstract class SyncTest(PostgresServer postgres) : TrackingTest(postgres), IAsyncDisposable
{
    private readonly List<ServiceProvider> _processes = [];

    /// <summary>Forty sent mails over a month, and an answer to every fourth of them.</summary>
    internal static ScriptedSource Mailbox() => new(
        [.. Enumerable.Range(0, 40).Select(i => Mails.Sent($"s{i}", i * 20, to: $"p{i}@contoso.test", subject: $"Offer {i}"))],
        [.. Enumerable.Range(0, 10).Select(i => Mails.Received($"r{i}", (i * 80) + 1, answers: $"s{i * 4}", from: $"p{i * 4}@contoso.test"))]);

    /// <summary>What a process has to go on with a sync.</summary>
    internal SyncRun Run(bool inBatches = true) => Process(inBatches).GetRequiredService<SyncRun>();

    internal AccountRevocation Revocation() => Process().GetRequiredService<AccountRevocation>();

    internal async Task<(MailAccount Account, Guid Sync)> BeginAsync(int batchSize = 3)
    {
        var tracked = await AccountAsync();
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            "INSERT INTO mail_syncs (id, account_id, user_id, batch_size, state, created_at, updated_at) VALUES ($1, $2, $3, $4, 'queued', $5, $5)",
            id, tracked.Id, tracked.UserId, batchSize, Time.GetUtcNow());
        return ((await new MailAccountStore(Database).FindAsync(tracked.Id, default))!, id);
    }

    /// <summary>Goes on with a sync for one run.</summary>
    internal async Task<SyncProgress> GoOnAsync(SyncRun run, MailAccount account, Guid sync, ScriptedSource source) =>
        await new SyncRunStore(Database, Time).FindAsync(sync, default) is { IsToGoOn: true } found
            ? await run.GoOnAsync(found, account, source, default)
            : SyncProgress.Over;

    /// <summary>State, pages, mails, errors and how many there were.</summary>
    internal async Task<string> StateAsync(Guid sync) =>
        (await ReadAsync("SELECT concat_ws(' ', state, pages, processed, errors, total) FROM mail_syncs WHERE id = $1", sync)).ShouldHaveSingleItem();

    /// <summary>How many mails are tracked, and how many of them answered.</summary>
    internal async Task<string> TrackedAsync(MailAccount account) => (await ReadAsync(
        "SELECT count(*) || ' ' || count(response_at) FROM tracked_emails WHERE account_id = $1", account.Id)).ShouldHaveSingleItem();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private ServiceProvider Process(bool inBatches = true)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [Feature.BatchIngestion.Flag] = inBatches ? "true" : "false",
            ["Jobs:ConfirmTimeoutSeconds"] = "0.1",
        }).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(Database);
        services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") });
        services.AddRollout();
        services.AddNotifications();
        services.AddOptions<SyncOptions>();
        services.AddOptions<TrackingOptions>();
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton<MailCounter>();
        services.AddSingleton<MailRecorder>();
        services.AddSingleton<TableStatistics>();
        services.AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The link was not started."));
        services.AddSwitchboardCache(
            cache => cache.Namespace(AccountRevocation.VerificationNamespace, TimeSpan.FromMinutes(5), maxEntries: 10));
        services.AddSingleton<BatchRecorder>();
        services.AddSingleton<SyncRunStore>();
        services.AddSingleton<SyncRun>();
        services.AddSingleton<AccountRevocation>();
        var process = services.BuildServiceProvider();
        _processes.Add(process);
        return process;
    }
}
