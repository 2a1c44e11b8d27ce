using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;
using StackExchange.Redis;
using Switchboard.Analytics.Worker.Email;
using Switchboard.Analytics.Worker.Retention;
using Switchboard.Core.Deletion;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Media;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Rules;
using Switchboard.Core.Security;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Media;
using Switchboard.Workers.Ingest.Deletion;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Gmail;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Queries;

/// <summary>What a user deletes is gone: every table is looked through, also after the process was killed at every statement.</summary>
public sealed partial class UserDeletionTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    // none of these belongs to anybody; rows of the rest that name a user must be there before, and gone afterwards
    private static readonly string[] BesideUsers = ["deletions", "account_endings", "social_account_endings", "rate_limit_windows", "rate_limit_slots"];

    private readonly string _folder = Directory.CreateTempSubdirectory("switchboard-deletion-").FullName;
    private readonly ScriptedProviders _providers = new();
    private ServiceProvider _services = null!;

    private NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    public ValueTask InitializeAsync()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:ConfirmTimeoutSeconds"] = "0.1",
            ["Media:Folder"] = _folder,
            ["Encryption:Key"] = "a secret of at least thirty-two characters",
        }).Build());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(NpgsqlDataSource.Create(server.ConnectionString));
        services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") });
        services.AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."));
        services.AddSwitchboardCache(cache => cache
            .Namespace(StoredRules.CacheNamespace, TimeSpan.FromMinutes(5), maxEntries: 10)
            .Namespace(OAuthTokens.CacheNamespace, OAuthTokens.CacheTime, maxEntries: 10)
            .Namespace(GraphFolders.Namespace, TimeSpan.FromMinutes(5), maxEntries: 10)
            .Namespace(AccountRevocation.VerificationNamespace, TimeSpan.FromMinutes(5), maxEntries: 10)
            .Namespace(UserCaches.NumberNamespace, TimeSpan.FromMinutes(5), maxEntries: 10)
            .Namespace(UserDeletion.KeyNamespace, TimeSpan.FromMinutes(5), maxEntries: 10));
        services.AddJobPublishing();
        services.AddQueryMonitor();
        services.AddMediaStore(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Media:Folder"] = _folder }).Build());
        services.AddSecretProtector();
        services.AddOptions<GmailOptions>();
        services.AddOptions<GraphOptions>();
        services.AddOptions<RetentionOptions>();
        services.AddOptions<ViewOptions>();
        services.AddMailProviders();
        services.AddSingleton<IHttpClientFactory>(_providers);
        services.AddSingleton<AccountGrants>();
        services.AddSingleton<AccountEndings>();
        services.AddSingleton<UserDataStore>();
        services.AddSingleton<SocialMediaStore>();
        services.AddSingleton<UserCaches>();
        services.AddSingleton<PruningMetrics>();
        services.AddSingleton<AccountData>();
        services.AddSingleton<TrackingViews>();
        services.AddSingleton<EndAccountHandler>();
        services.AddSingleton<DeleteUserDataHandler>();
        services.AddSingleton<DeleteAccountDataHandler>();
        _services = services.BuildServiceProvider();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_row_of_any_table_and_no_file_is_left_of_a_deleted_user_and_none_of_another_is_missing(bool isKilled)
    {
        var (ann, bob) = (new Seed(), new Seed());
        await SeedAsync(ann);
        await SeedAsync(bob);
        await _services.GetRequiredService<TrackingViews>().RefreshAsync(always: true, default);
        // what the refresh has taken out
        await Database.Command(
            "INSERT INTO tracked_email_changes (account_id, hour) VALUES ($1, '2026-03-02 10:00Z'), ($2, '2026-03-02 10:00Z')",
            ann.MicrosoftId, bob.MicrosoftId).RunAsync(default);
        var (annBefore, bobBefore) = (await NamedAsync(ann), await NamedAsync(bob));
        annBefore.Where(table => table.Value == 0).Select(table => table.Key).Except(BesideUsers)
            .ShouldBeEmpty("a table that belongs to users is seeded here, or the test says nothing of it");

        var deletion = await BeginAsync(ann.UserId);
        (await BeginAsync(ann.UserId)).ShouldBe(deletion, "asked for again it is the same one");
        await RunAsync(deletion, isKilled);

        (await NamedAsync(ann)).Where(table => table.Value > 0).ShouldBeEmpty();
        // what was made again is not noted any more
        (await NamedAsync(bob)).Where(table => table.Key != "tracked_email_changes")
            .ShouldBe(bobBefore.Where(table => table.Key != "tracked_email_changes"));
        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file))
            .ShouldAllBe(file => file.Contains(bob.UserId.ToString(), StringComparison.Ordinal));
        (await TextAsync("SELECT (completed_at IS NOT NULL)::text FROM deletions WHERE id = $1", deletion)).ShouldBe("true");
        _providers.Ended.ShouldContain($"DELETE /v1.0/subscriptions/{ann.SubscriptionId}");
        _providers.Ended.ShouldContain($"POST /gmail/v1/users/{Uri.EscapeDataString(ann.GmailAddress)}/stop");
        _providers.Ended.ShouldContain($"POST /revoke {ann.GmailToken}");
        _providers.Ended.ShouldNotContain(call => call.Contains(bob.GmailToken, StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_days_of_tracked_mail_are_being_made_something_may_be_left_of_every_account()
    {
        var store = _services.GetRequiredService<UserDataStore>();
        var nothing = new Deletion(Guid.CreateVersion7(), Guid.CreateVersion7(), [Guid.CreateVersion7()], []);
        await using var connection = await Database.OpenConnectionAsync();
        await using var making = await connection.BeginTransactionAsync();
        (await making.Command(AdvisoryLocks.TryOfTrackingViews).ScalarAsync<bool>(default)).ShouldBeTrue();

        (await store.IsAccountLeftAsync(nothing, default)).ShouldBeTrue();

        await making.RollbackAsync();
        (await store.IsAccountLeftAsync(nothing, default)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_provider_does_not_end_is_tried_again_and_the_mailbox_connected_again_meanwhile_keeps_its_watch_and_grant()
    {
        var ann = new Seed();
        await SeedAsync(ann);
        await DisconnectAsync(ann.UserId, ann.MicrosoftId);
        _providers.Status = HttpStatusCode.ServiceUnavailable;
        var handler = _services.GetRequiredService<EndAccountHandler>();

        var refused = await handler.HandleAsync([Delivery(new EndAccount(Guid.CreateVersion7(), ann.MicrosoftId))], default);
        _providers.Status = HttpStatusCode.NoContent;
        var ended = await handler.HandleAsync([Delivery(new EndAccount(Guid.CreateVersion7(), ann.MicrosoftId))], default);

        refused.ShouldBe([JobOutcome.Retry("Microsoft answered 503: ")]);
        ended.ShouldBe([JobOutcome.Done]);
        (await TextAsync("SELECT count(*)::text FROM account_endings WHERE account_id = $1", ann.MicrosoftId)).ShouldBe("0");

        await DisconnectAsync(ann.UserId, ann.GmailId);
        await Database.Command(
            "INSERT INTO mailboxes (id, user_id, provider, address, refresh_token, status, created_at) VALUES ($1, $2, 'gmail', $3, '\\x00', 'active', now())",
            Guid.CreateVersion7(), ann.UserId, ann.GmailAddress).RunAsync(default);
        (await handler.HandleAsync([Delivery(new EndAccount(Guid.CreateVersion7(), ann.GmailId))], default)).ShouldBe([JobOutcome.Done]);
        _providers.Ended.ShouldNotContain(call => call.Contains("stop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disconnecting_an_account_deletes_its_mail_and_what_was_made_of_it_and_no_other()
    {
        var ann = new Seed();
        await SeedAsync(ann);

        await DisconnectAsync(ann.UserId, ann.MicrosoftId);
        var handler = _services.GetRequiredService<DeleteAccountDataHandler>();
        var (job, rounds) = (new DeleteAccountData(Guid.CreateVersion7(), ann.MicrosoftId), 0);
        while ((await handler.HandleAsync([Delivery(job)], default))[0] != JobOutcome.Done)
            (++rounds).ShouldBeLessThan(10);

        (await TextAsync("SELECT string_agg(body, ' ' ORDER BY body) FROM notifications WHERE user_id = $1", ann.UserId)).ShouldBe("api gmail");
        (await TextAsync("SELECT string_agg(subject, ' ' ORDER BY subject) FROM emails WHERE user_id = $1", ann.UserId)).ShouldBe("gmail program");
        (await TextAsync("SELECT count(*)::text FROM tracked_emails WHERE user_id = $1", ann.UserId)).ShouldBe("0");
        (await TextAsync("SELECT count(*)::text FROM notification_attempts AS a WHERE NOT EXISTS (SELECT FROM notifications AS n WHERE n.id = a.notification_id) AND $1::uuid IS NOT NULL", ann.UserId))
            .ShouldBe("0");
    }

    private async Task<Guid> BeginAsync(Guid userId)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var begun = (await UserDeletion.BeginAsync(transaction, userId, TimeProvider.System.GetUtcNow(), default)).ShouldNotBeNull();
        await _services.GetRequiredService<JobOutbox>().CommitAsync(transaction, begun.Jobs, default);
        return begun.Id;
    }

    private async Task DisconnectAsync(Guid userId, Guid accountId)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var gone = await AccountDisconnection.RunAsync(transaction, userId, accountId, null, TimeProvider.System.GetUtcNow(), default);
        gone.Ids.ShouldBe([accountId]);
        await transaction.CommitAsync();
    }

    // What the broker and the scheduler do, with the handlers of both processes. Killed, a run ends at its first statement, the next one at
    // its second, and so on, until one comes to its end.
    private async Task RunAsync(Guid deletion, bool isKilled)
    {
        var statements = 1;
        for (var round = 0; round < 1_000; round++)
        {
            if (await TextAsync("SELECT (completed_at IS NOT NULL)::text FROM deletions WHERE id = $1", deletion) == "true")
                return;
            var waiting = await Database.Command(
                "SELECT id, type, payload::text FROM scheduled_jobs WHERE type IN ('delete-user', 'end-account', 'end-social-account', 'delete-account-data')")
                .ListAsync(row => (Id: row.GetGuid(0), Type: row.GetString(1), Body: row.GetString(2)), default);
            foreach (var job in waiting)
            {
                using var killed = new KilledAt(isKilled ? statements++ : int.MaxValue);
                try
                {
                    if (await HandleAsync(job.Type, job.Body, killed.Token) == JobOutcome.Done)
                        await Database.Command("DELETE FROM scheduled_jobs WHERE id = $1", job.Id).RunAsync(default);
                }
                catch (OperationCanceledException) when (killed.Token.IsCancellationRequested)
                {
                }
            }

            await _services.GetRequiredService<TrackingViews>().RefreshAsync(always: true, default);
        }

        throw new InvalidOperationException("The deletion does not come to its end.");
    }

    private async Task<JobOutcome> HandleAsync(string type, string body, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return type switch
        {
            "delete-user" => await RunAsync<DeleteUserData, DeleteUserDataHandler>(),
            "end-account" => await RunAsync<EndAccount, EndAccountHandler>(),
            "end-social-account" => await EndAsync((EndSocialAccount)JobCodec.Of(typeof(EndSocialAccount)).Decode(bytes)),
            _ => await RunAsync<DeleteAccountData, DeleteAccountDataHandler>(),
        };

        // of Workers.Dispatch (EndSocialAccountHandler)
        async Task<JobOutcome> EndAsync(EndSocialAccount job)
        {
            await Database.Command("DELETE FROM social_account_endings WHERE account_id = $1", job.AccountId).RunAsync(cancellationToken);
            return JobOutcome.Done;
        }

        async Task<JobOutcome> RunAsync<TJob, THandler>()
            where TJob : IJob
            where THandler : IJobHandler<TJob> =>
            (await _services.GetRequiredService<THandler>().HandleAsync(
                [Delivery((TJob)JobCodec.Of(typeof(TJob)).Decode(bytes))], cancellationToken)).ShouldHaveSingleItem();
    }

    private static JobDelivery<TJob> Delivery<TJob>(TJob job)
        where TJob : IJob => new(job, 1, DateTimeOffset.UnixEpoch, IsLastAttempt: false, IsReplay: false, Activity: null);

    // How many rows of each table and view name the user or an account of theirs, in whatever column.
    private async Task<Dictionary<string, long>> NamedAsync(Seed seed)
    {
        var columns = await Database.Command(
            """
            SELECT c.relname, string_agg(
                CASE a.atttypid WHEN 'bytea'::regtype THEN format('encode(%I, ''escape'')', a.attname) ELSE format('%I::text', a.attname) END, ', ')
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public'
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'm')
            GROUP BY c.relname
            HAVING bool_or(a.attname IN ('user_id', 'account_id', 'mailbox_id', 'payload')) OR c.relname IN ('users', 'notification_attempts')
            ORDER BY c.relname
            """).ListAsync(row => (Table: row.GetString(0), Columns: row.GetString(1)), default);
        var named = new Dictionary<string, long>();
        foreach (var (table, listed) in columns)
            named[table] = await Database.Command(
                $"SELECT count(*) FROM {table} WHERE concat_ws(' ', {listed}) LIKE ANY ($1)",
                (object)seed.Names.Select(name => $"%{name}%").ToArray()).ScalarAsync<long>(default);
        return named;
    }

    private async Task<string> TextAsync(string sql, Guid id) =>
        (await Database.Command(sql, id).ListAsync(row => row.GetString(0), default)).ShouldHaveSingleItem();
}
