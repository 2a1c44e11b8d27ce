using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;
using Switchboard.Core.Deletion;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Notifications.Notify;
using Switchboard.Workers.Ingest.Deletion;

namespace Switchboard.Tests.Queries;

/// <summary>What a fan-out reads of recipients, over 60,000 of them, and how those are deleted who have much.</summary>
public sealed class RecipientQueryTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private static readonly string[] Tables = ["recipients", "recipient_addresses", "topic_members", "recipient_preferences", "notifications"];

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Encryption:Key"] = "a secret of at least thirty-two characters" }).Build())
        .AddSingleton(TimeProvider.System)
        // one session, whose counts are read
        .AddSingleton(NpgsqlDataSource.Create($"{server.ConnectionString};Maximum Pool Size=1;Command Timeout=120"))
        .AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."))
        .AddSwitchboardCache(cache => cache.AddRecipients())
        .AddSecretProtector()
        .AddRecipients()
        .BuildServiceProvider();

    private NpgsqlDataSource Database => _services.GetRequiredService<NpgsqlDataSource>();

    private PreferenceStore Preferences => _services.GetRequiredService<PreferenceStore>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task No_page_of_a_fan_out_reads_a_whole_table_and_its_preferences_are_read_together()
    {
        var (user, topic) = await FillAsync();
        var recipients = _services.GetRequiredService<RecipientStore>();
        var before = await ScansAsync();

        var page = await recipients.MembersAsync(user, topic, null, 500, default);
        var next = await recipients.MembersAsync(user, topic, page[^1].Id, 500, default);
        (await recipients.FindAsync(user, [.. page.Select(one => one.ExternalId)], default)).Count.ShouldBe(500);
        (await recipients.ListAsync(user, page[^1].Id, 51, default)).Count.ShouldBe(51);
        (await recipients.ListOfTopicAsync(user, "news", null, 51, default)).Count.ShouldBe(51);
        (await recipients.ListByAddressAsync(user, [RecipientAddressStore.Fingerprint("email", "", page[0].ExternalId)], null, 51, default)).ShouldBeEmpty();
        var statements = await Statements.CountAsync(async () => (await Preferences.FindAsync(user, [.. page.Select(one => one.Id)], default)).Count.ShouldBe(500));

        (page.Count, next.Count, page[0].Addresses.Count).ShouldBe((500, 500, 1));
        page.Concat(next).Select(one => one.Id).Distinct().Count().ShouldBe(1_000);
        statements.ShouldBeLessThan(6, "what is asked for while a statement runs is read by the next one");
        (await ScansAsync()).Where(table => table.Value > before[table.Key]).Select(table => table.Key).ShouldBeEmpty("these were read as a whole");
    }

    [Fact]
    public async Task What_a_recipient_chose_is_known_at_once_and_of_another_user_nothing_is()
    {
        var (ann, bob) = (await NewUserAsync(), await NewUserAsync());
        var recipient = await NewRecipientAsync(ann);
        var off = PreferenceSet.None with { Choices = new Dictionary<string, IReadOnlyDictionary<string, bool>> { ["*"] = new Dictionary<string, bool> { ["sms"] = false } } };
        (await WantsSmsAsync(ann, recipient)).ShouldBeTrue();

        (await Preferences.ChangeAsync(ann, recipient, _ => off, default)).ShouldNotBeNull();

        (await WantsSmsAsync(ann, recipient)).ShouldBeFalse();
        (await WantsSmsAsync(bob, recipient)).ShouldBeTrue("it is another's");
        (await Preferences.ChangeAsync(bob, recipient, _ => off, default)).ShouldBeNull();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Preferences.ChangeAsync(
            ann, recipient, set => set with { QuietHours = [.. set.QuietHours ?? [], new QuietWindow([1], new(number, 0), new(number, 30))] }, default)));
        (await Preferences.FindSetAsync(ann, recipient, default)).QuietHours!.Count.ShouldBe(10, "one change at a time");
        await Preferences.ChangeAsync(ann, ann, _ => off, default);
        (await WantsSmsAsync(ann, await NewRecipientAsync(ann))).ShouldBeFalse("the user's default");
    }

    [Fact]
    public async Task What_is_being_sent_to_a_recipient_who_is_gone_is_deleted_by_the_next_try()
    {
        var user = await NewUserAsync();
        var recipient = await NewRecipientAsync(user);
        await Database.Command(
            """
            INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, recipient_id)
            SELECT gen_random_uuid(), $1, 'inbox', $2::text, 'text', 1, 'pending', 'notify', now(), $2 FROM generate_series(1, 1200)
            """, user, recipient).RunAsync(default);
        await using var other = NpgsqlDataSource.Create(server.ConnectionString);
        await using var connection = await other.OpenConnectionAsync();
        await using var sending = await connection.BeginTransactionAsync();
        await sending.Command("SELECT id FROM notifications WHERE recipient_id = $1 LIMIT 1 FOR UPDATE", recipient).RunAsync(default);
        var handler = new DeleteRecipientDataHandler(Database, TimeProvider.System);
        JobDelivery<DeleteRecipientData>[] batch =
            [new(new(Guid.CreateVersion7(), user, recipient), 1, DateTimeOffset.UnixEpoch, IsLastAttempt: false, IsReplay: false, Activity: null)];

        (await handler.HandleAsync(batch, default))[0].ShouldBeOfType<JobOutcome.SnoozeOutcome>();
        (await CountAsync(recipient)).ShouldBe(1);
        await sending.CommitAsync();
        (await handler.HandleAsync(batch, default)).ShouldBe([JobOutcome.Done]);
        (await CountAsync(recipient)).ShouldBe(0);
    }

    /// <summary>Of a topic of a million, to count all took 12 s where a call has 3.</summary>
    [Theory]
    [InlineData(7, 7, true)]
    [InlineData(NotifyStore.MostCounted + 50, NotifyStore.MostCounted + 1, false)]
    public async Task Of_a_request_no_more_deliveries_are_counted_than_it_takes_a_moment_for(int deliveries, int counted, bool areComplete)
    {
        var (user, request) = (await NewUserAsync(), Guid.CreateVersion7());
        await Database.Command(
            """
            INSERT INTO notify_deliveries (id, request_id, user_id, recipient_key, recipient, channel, address, state, reason, created_at)
            SELECT gen_random_uuid(), $2, $1, gen_random_uuid(), 'r' || n, 'email', 'a', 'skipped', 'preference', now() FROM generate_series(1, $3) AS n
            """, user, request, deliveries).RunAsync(default);

        var (counts, areAll) = await new NotifyStore(Database).CountAsync(user, request, default);

        counts.ShouldBe(new Dictionary<string, long> { ["skipped"] = counted });
        areAll.ShouldBe(areComplete);
    }

    private Task<long> CountAsync(Guid recipient) =>
        Database.Command("SELECT count(*) FROM notifications WHERE recipient_id = $1", recipient).ScalarAsync<long>(default);

    private async Task<bool> WantsSmsAsync(Guid user, Guid recipient) =>
        (await Preferences.FindAsync(user, [recipient], default))[recipient].Wants("default", "sms", CategorySettings.Default);

    private async Task<Guid> NewUserAsync()
    {
        var id = Guid.CreateVersion7();
        await Database.Command("INSERT INTO users (id, email, name, created_at) VALUES ($1, $1::text, 'a', now())", id).RunAsync(default);
        return id;
    }

    private async Task<Guid> NewRecipientAsync(Guid user)
    {
        var id = Guid.CreateVersion7();
        await Database.Command(
            "INSERT INTO recipients (id, user_id, external_id, created_at, updated_at) VALUES ($2, $1, $2::text, now(), now())", user, id).RunAsync(default);
        return id;
    }

    // half of all are the user's, of whom a third follows the topic; as large as they are, a table of few rows is not read as a whole
    private async Task<(Guid User, Guid Topic)> FillAsync()
    {
        var (user, other, topic) = (await NewUserAsync(), await NewUserAsync(), Guid.CreateVersion7());
        await Database.Command("INSERT INTO topics (id, user_id, name, created_at) VALUES ($1, $2, 'news', now())", topic, user).RunAsync(default);
        await Database.Command(
            """
            WITH made AS (
                INSERT INTO recipients (id, user_id, external_id, properties, created_at, updated_at)
                SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN $1 ELSE $2 END, 'r' || n, jsonb_build_object('note', repeat('x', 1200)),
                    now(), now()
                FROM generate_series(1, 60000) AS n
                RETURNING id, user_id, external_id),
            reached AS (
                INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, address, fingerprint, created_at)
                SELECT gen_random_uuid(), user_id, id, 'email', external_id || '@b.test', sha256(external_id::bytea), now() FROM made),
            chosen AS (
                INSERT INTO recipient_preferences (recipient_id, user_id, preferences, updated_at)
                SELECT id, user_id, jsonb_build_object('*', '{"sms": false}'::jsonb, 'news', jsonb_build_object(repeat('x', 1200), true)), now()
                FROM made)
            INSERT INTO topic_members (topic_id, recipient_id, user_id)
            SELECT $3, id, user_id FROM made WHERE user_id = $1 AND right(external_id, 1) IN ('2', '4')
            """,
            user, other, topic).RunAsync(default);
        await Database.Command("VACUUM ANALYZE").RunAsync(default);
        return (user, topic);
    }

    private async Task<Dictionary<string, long>> ScansAsync()
    {
        await Database.Command("SELECT pg_stat_force_next_flush()").RunAsync(default);
        return (await Database.Command("SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY ($1)", (object)Tables)
            .ListAsync(row => (row.GetString(0), row.GetInt64(1)), default)).ToDictionary();
    }
}
