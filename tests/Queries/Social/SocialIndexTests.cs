using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using RabbitMQ.Client;
using Switchboard.Analytics.Worker.Retention;
using Switchboard.Analytics.Worker.Social;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Social.Accounts;
using Switchboard.Edge.Api.Social.Health;
using Switchboard.Edge.Api.Social.Posts;
using Switchboard.Edge.Api.Social.Schedules;

namespace Switchboard.Tests.Queries.Social;

/// <summary>
/// What each index of social publishing is for, over 200,000 posts and 50,000 accounts: its query goes over it, and without it reads at least
/// twice as many pages. An index that is not listed here, or that another one does the work of, fails.
/// </summary>
public sealed class SocialIndexTests(SeededSocial seeded, ITestOutputHelper output) : IClassFixture<SeededSocial>
{
    private const string Now = "'2026-06-01T12:00:00Z'::timestamptz";

    // the user of the middle of the seed, and what is theirs
    private const string User = "'00000000-0000-7000-8000-00000000000a'::uuid";

    // whoever is deleted: each table is looked at until there is nothing more
    private const string Nobody = "'00000000-0000-7000-8000-0000000000ff'::uuid";

    private const string Account = "(SELECT id FROM social_accounts WHERE user_id = '00000000-0000-7000-8000-00000000000a' ORDER BY id LIMIT 1)";

    private static IEnumerable<(string Index, string Sql)> Queries() =>
    [
        // 0033, 0034: accounts
        ("idx_accounts_user_state", $"SELECT id FROM social_accounts WHERE user_id = {User} AND state = 'limited' ORDER BY id DESC LIMIT 51"),
        ("idx_accounts_user_platform", $"SELECT id FROM social_accounts WHERE user_id = {User} AND platform = 'bluesky' ORDER BY id DESC LIMIT 51"),
        ("idx_accounts_tags", $"SELECT id FROM social_accounts WHERE user_id = {User} AND tags @> ARRAY['rare']"),
        ("idx_accounts_proxy", $"SELECT id FROM social_accounts WHERE user_id = {User} AND proxy_id = {Of("social_proxies")}"),
        ("idx_accounts_warmup", $"SELECT id FROM social_accounts WHERE user_id = {User} AND warmup_protocol_id = {Of("warmup_protocols")}"),
        ("idx_accounts_warmup_end", $"SELECT id FROM social_accounts WHERE state = 'warming' AND warmup_ends_at <= {Now}"),
        ("idx_accounts_limit_end", $"SELECT id FROM social_accounts WHERE state = 'limited' AND state_until <= {Now} ORDER BY state_until LIMIT 100"),
        ("idx_accounts_next_check",
            $"SELECT id FROM social_accounts WHERE state IN ('connecting', 'warming', 'active', 'limited') AND next_health_check_at <= {Now} LIMIT 100"),
        ("idx_social_group_members_account", $"SELECT group_id FROM social_group_members WHERE account_id = {Account}"),
        ("idx_social_group_members_user", $"SELECT ctid FROM social_group_members WHERE user_id = {Nobody} LIMIT 2000"),
        ("idx_social_groups_proxy", $"SELECT id FROM social_groups WHERE user_id = {User} AND proxy_id = {Of("social_proxies")}"),
        ("idx_social_proxies_next_check", $"SELECT id FROM social_proxies WHERE next_check_at <= {Now} ORDER BY next_check_at LIMIT 50"),
        ("idx_social_proxy_checks_at", $"SELECT ctid FROM social_proxy_checks WHERE at < {Now} - interval '89 days' LIMIT 1000"),
        ("idx_social_account_states_at", $"SELECT ctid FROM social_account_states WHERE at < {Now} - interval '89 days' LIMIT 1000"),
        ("idx_social_account_endings_user", $"SELECT account_id FROM social_account_endings WHERE user_id = {Nobody}"),

        // 0035: publishing
        ("idx_social_post_targets_claimed",
            $"SELECT id FROM social_post_targets WHERE account_id = {Account} AND claim IS NOT NULL AND claimed_until > {Now}"),
        ("idx_social_post_targets_waiting",
            $"SELECT id FROM social_post_targets WHERE account_id = {Account} AND state = 'waiting' AND reason LIKE 'account-%'"),
        ("idx_social_post_targets_next",
            $"""
            SELECT id FROM social_post_targets
            WHERE state IN ('pending', 'waiting', 'preparing', 'ready', 'sending', 'unknown') AND next_attempt_at < {Now}
            ORDER BY next_attempt_at LIMIT 100
            """),
        ("idx_social_post_targets_remote", $"SELECT remote_id FROM social_post_targets WHERE account_id = {Account} AND remote_id IS NOT NULL"),
        ("idx_social_attempts_ended", $"SELECT ctid FROM social_attempts WHERE ended_at < {Now} - interval '89 days' LIMIT 1000"),
        ("idx_social_account_days_day", $"SELECT ctid FROM social_account_days WHERE day < {Now}::date - 88 LIMIT 1000"),

        // 0036: posts and media
        ("idx_social_posts_media",
            $"""
            SELECT id FROM social_posts
            WHERE user_id = {User} AND media_ids @> ARRAY[{Of("social_media")}] AND state IN ('draft', 'scheduled', 'publishing') AND media_ids <> '{"{}"}'
            """),
        ("idx_social_posts_user_state", $"SELECT id FROM social_posts WHERE user_id = {User} AND state = 'failed' ORDER BY id DESC LIMIT 51"),
        ("idx_social_posts_user_scheduled", Filled(
            CalendarPosts.ListSql, User, Now, $"{Now} + interval '1 day'", "NULL::timestamptz", "NULL::uuid", "101")),
        ("idx_social_posts_user_tags",
            $"SELECT id FROM social_posts WHERE user_id = {User} AND user_tags @> ARRAY[{User}::text || 'rare']"),
        ("idx_social_posts_metadata", $$"""SELECT id FROM social_posts WHERE user_id = {{User}} AND metadata @> '{"campaign": 7}' AND metadata <> '{}'"""),
        ("idx_social_posts_queue", Filled(CalendarPosts.QueuedSql, User, $"ARRAY[{Of("social_schedules")}]", "ARRAY[700]")),
        ("social_posts_schedule_id_occurrence_at_key", Filled(CalendarPosts.MadeSql, User, $"ARRAY[{Of("social_schedules")}]", Now)),
        ("idx_social_targets_account", $"SELECT post_id FROM social_post_targets WHERE user_id = {User} AND account_id = {Account} ORDER BY post_id DESC LIMIT 51"),
        ("idx_social_targets_text_0", $"SELECT id FROM social_post_targets WHERE user_id = {User} AND ((text_hash >> 48) & 65535) = 77 AND text_hash IS NOT NULL"),
        ("idx_social_targets_text_1", $"SELECT id FROM social_post_targets WHERE user_id = {User} AND ((text_hash >> 32) & 65535) = 77 AND text_hash IS NOT NULL"),
        ("idx_social_targets_text_2", $"SELECT id FROM social_post_targets WHERE user_id = {User} AND ((text_hash >> 16) & 65535) = 77 AND text_hash IS NOT NULL"),
        ("idx_social_targets_text_3", $"SELECT id FROM social_post_targets WHERE user_id = {User} AND (text_hash & 65535) = 77 AND text_hash IS NOT NULL"),
        ("idx_social_media_user_state", $"SELECT id FROM social_media WHERE user_id = {User} AND state = 'refused' ORDER BY id DESC LIMIT 51"),
        ("idx_social_media_unfinished", $"SELECT id FROM social_media WHERE state IN ('uploading', 'deleting') AND updated_at < {Now} - interval '1 day' LIMIT 100"),
        ("idx_social_media_parts_media", $"SELECT id FROM social_media_parts WHERE user_id = {User} AND media_id = {Of("social_media")} ORDER BY position"),

        // 0037: schedules and health
        ("idx_social_schedules_due", $"SELECT id FROM social_schedules WHERE next_at < {Now} AND NOT is_paused ORDER BY next_at, id LIMIT 500"),
        ("idx_social_health_user_score", Filled(
            HealthStore.ListSql(null), User, "NULL", "0", "100", "NULL", "NULL", "NULL::uuid", "51", "0")),
        ("idx_social_health_history_at", Filled(
            PruningPlan.At(new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero), new RetentionOptions()).Single(step => step.Table == "social_health_history").Sql,
            $"{Now} - interval '180 days 20 hours'", "5000")),
    ];

    [Fact]
    public async Task Each_index_is_used_by_its_query_and_saves_half_of_what_is_read_without_it()
    {
        // the other test has written all of it again
        await seeded.DataSource.Command("VACUUM FULL ANALYZE social_health").RunAsync(default);
        var queries = Queries().ToDictionary(query => query.Index, query => query.Sql);
        var indexes = await seeded.DataSource.Command(
            """
            SELECT i.relname FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
            WHERE t.relnamespace = 'public'::regnamespace AND (t.relname LIKE 'social\_%' OR t.relname = 'warmup_protocols')
                AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.oid)
            ORDER BY 1
            """).ListAsync(row => row.GetString(0), default);
        indexes.Except(queries.Keys).ShouldBeEmpty("an index has its query in this list");

        var wrong = new List<string>();
        foreach (var index in indexes)
        {
            await using var connection = await seeded.DataSource.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            var with = await ReadAsync(transaction, queries[index]);
            await transaction.Command($"DROP INDEX {index}").RunAsync(default);
            var without = await ReadAsync(transaction, queries[index]);
            await transaction.RollbackAsync();

            output.WriteLine($"{index}: {with.Pages:#,0} pages in {with.Milliseconds:0.00} ms, without it {without.Pages:#,0} in {without.Milliseconds:0.00} ms");
            if (!with.Plan.Contains($"\"{index}\"", StringComparison.Ordinal))
                wrong.Add($"{index} is not used: {with.Plan}");
            else if (with.Pages * 2 > without.Pages)
                wrong.Add($"{index} saves nothing: {with.Pages} pages, without it {without.Pages}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_what_a_page_passes_over_nothing_more_is_read()
    {
        var user = new Guid("00000000-0000-7000-8000-00000000000a");
        var (posts, values) = PostReads.ListSql(new(user, null, null, null, null, null, null, null), null, 2_000, 51);
        (await SubPlanLoopsAsync(posts, [.. values])).ShouldBe([51]);
        (await SubPlanLoopsAsync(ConnectedAccountStore.ListSql, user, null, null, null, null, null, 2_000, 51)).ShouldBe([51]);
    }

    [Fact]
    public async Task Members_of_groups_are_counted_without_a_look_at_all_memberships_of_the_user()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await transaction.Command(
            $"""
            INSERT INTO social_group_members
            SELECT g.user_id, g.id, a.id
            FROM (SELECT user_id, id, row_number() OVER () AS n FROM social_groups WHERE user_id = {User}) AS g
            JOIN (SELECT id, row_number() OVER () AS n FROM social_accounts WHERE user_id = {User}) AS a ON (a.n + g.n) % 16 = 0
            ON CONFLICT DO NOTHING
            """).RunAsync(default);
        await transaction.Command("ANALYZE social_group_members").RunAsync(default);

        var (plan, pages, milliseconds) = await ReadAsync(
            transaction, $"SELECT {GroupStore.Columns} FROM social_groups AS t WHERE t.user_id = {User} ORDER BY t.id DESC LIMIT 51");

        output.WriteLine($"{pages:#,0} pages in {milliseconds:0.00} ms");
        plan.ShouldNotContain("idx_social_group_members_user");
    }

    // of what is read for a row of a statement, how often each is
    private async Task<IReadOnlyList<long>> SubPlanLoopsAsync(string sql, params object?[] values)
    {
        var plan = (await seeded.DataSource.Command($"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).ListAsync(row => row.GetString(0), default))[0];
        using var json = JsonDocument.Parse(plan);
        return [.. Loops(json.RootElement[0].GetProperty("Plan"))];

        static IEnumerable<long> Loops(JsonElement node)
        {
            if (node.TryGetProperty("Parent Relationship", out var relationship) && relationship.GetString() == "SubPlan")
                return [node.GetProperty("Actual Loops").GetInt64()];
            return node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(Loops) : [];
        }
    }

    [Fact]
    public async Task The_health_of_all_accounts_is_computed_in_less_than_a_minute()
    {
        await using var services = Analytics();
        var (scoring, batches) = (services.GetRequiredService<AccountScoring>(), 0);
        var began = Stopwatch.GetTimestamp();

        for (Guid? after = null; batches == 0 || after is not null; batches++)
            after = await scoring.NextAsync(after, default);

        var took = Stopwatch.GetElapsedTime(began) + (batches * TimeSpan.FromMilliseconds(new HealthOptions().PauseMs));
        output.WriteLine($"{batches} batches in {took.TotalSeconds:0.0} s with their pauses");
        batches.ShouldBe((50_000 / new HealthOptions().BatchSize) + 1);
        took.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        (await seeded.DataSource.Command("SELECT count(*) FROM social_health WHERE parts ? 'successRate'").ScalarAsync<long>(default)).ShouldBe(50_000);
    }

    // the broker is away: what follows stays staged
    private ServiceProvider Analytics()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton(seeded.DataSource);
        services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = new("amqp://127.0.0.1:1") });
        services.AddJobPublishing();
        services.AddSingleton(Options.Create(new HealthOptions { EventChange = 100 }));
        services.AddSingleton<AccountScoring>();
        return services.BuildServiceProvider();
    }

    private static async Task<(string Plan, long Pages, double Milliseconds)> ReadAsync(NpgsqlTransaction transaction, string sql)
    {
        // what a statement deletes is not deleted: each runs twice
        await transaction.SaveAsync("before");
        var plan = (await transaction.Command($"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}").ListAsync(row => row.GetString(0), default))[0];
        await transaction.RollbackAsync("before");
        using var json = JsonDocument.Parse(plan);
        var root = json.RootElement[0];
        var node = root.GetProperty("Plan");
        return (
            plan,
            node.GetProperty("Shared Hit Blocks").GetInt64() + node.GetProperty("Shared Read Blocks").GetInt64(),
            root.GetProperty("Execution Time").GetDouble());
    }

    // the first of the user's; not by an index that is dropped, since its primary key is read
    private static string Of(string table) => $"(SELECT id FROM {table} WHERE user_id = {User} AND id IS NOT NULL ORDER BY id LIMIT 1)";

    private static string Filled(string sql, params string[] values)
    {
        for (var number = values.Length; number > 0; number--)
            sql = sql.Replace($"${number}", $"({values[number - 1]})", StringComparison.Ordinal);
        return sql;
    }
}

/// <summary>20 users with 50,000 accounts and 200,000 posts.</summary>
public sealed class SeededSocial : IAsyncLifetime
{
    private readonly PostgresServer _server = new();

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        DataSource = NpgsqlDataSource.Create($"{_server.ConnectionString};Command Timeout=120");
        using var script = new StreamReader(typeof(SeededSocial).Assembly.GetManifestResourceStream("seed-social.sql")!);
        await DataSource.Command(await script.ReadToEndAsync()).RunAsync(default);
        await DataSource.Command("VACUUM ANALYZE").RunAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _server.DisposeAsync();
    }
}
