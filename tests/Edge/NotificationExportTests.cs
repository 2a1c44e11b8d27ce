using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Core.Postgres;

namespace Switchboard.Tests.Edge;

/// <summary>Exports over HTTP, of a user with 50,000 notifications beside another's.</summary>
public sealed class NotificationExportTests(NotificationExportTests.ManyNotifications edge) : IClassFixture<NotificationExportTests.ManyNotifications>
{
    private const int Many = 50_000;
    private const string Path = "/api/notifications/export";

    [Fact]
    public async Task Every_notification_of_the_user_comes_once_the_newest_first()
    {
        using var answer = await GetAsync(Path);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        answer.Content.Headers.ContentDisposition!.FileName.ShouldBe("notifications.ndjson");
        var ids = (await LinesAsync(answer)).Select(IdOf).ToList();
        ids.Count.ShouldBe(Many);
        ids.ShouldBe(edge.Ids);
    }

    [Fact]
    public async Task It_is_csv_for_who_asks_for_that_and_runs_nothing_in_a_spreadsheet()
    {
        using var answer = await GetAsync($"{Path}?channel=sms", "application/json;q=0.5, text/csv");

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldStartWith("id,channel,recipient,body,deliveryStatus,priority,source,createdAt,sentAt,deliveredAt\r\n");
        text.ShouldContain(",sms,+15550100001,\"'=cmd|' /C calc'!A0, \"\"quoted\"\"\",delivered,high,api,2026-");
        text.Split("\r\n").Length.ShouldBe(Many / 1_000 + 2);
        (await (await GetAsync($"{Path}?format=csv")).Content.ReadAsStringAsync()).Split("\r\n").Length.ShouldBe(Many + 2);
    }

    [Theory]
    [InlineData("channel=sms", Many / 1_000)]
    [InlineData("status=failed", 1)]
    [InlineData("status=pending", 0)]
    [InlineData("category=orders&recipient=ann", 3)]
    [InlineData("notifyId=00000000-0000-0000-0000-0000000000aa", 2)]
    [InlineData("since=2026-03-02T00:00:00Z&until=2026-03-02T00:01:00Z", 60)]
    public async Task It_takes_the_filters_of_the_list(string filter, int expected)
    {
        using var answer = await GetAsync($"{Path}?{filter}");
        (await LinesAsync(answer)).Length.ShouldBe(expected);
    }

    [Fact]
    public async Task One_that_was_cut_off_goes_on_after_its_last_line()
    {
        using var cut = await GetAsync(Path);
        using var lines = new StreamReader(await cut.Content.ReadAsStreamAsync());
        var arrived = new List<Guid>();
        while (arrived.Count < 12_345)
            arrived.Add(IdOf((await lines.ReadLineAsync())!));
        cut.Dispose();

        using var rest = await GetAsync($"{Path}?after={arrived[^1]}");
        arrived.AddRange((await LinesAsync(rest)).Select(IdOf));
        arrived.ShouldBe(edge.Ids);
        (await (await GetAsync($"{Path}?format=csv&after={edge.Ids[^2]}")).Content.ReadAsStringAsync()).ShouldStartWith($"{edge.Ids[^1]},");
    }

    [Fact]
    public async Task Who_reads_slowly_holds_no_connection_to_the_database_and_who_goes_away_leaves_nothing()
    {
        var slow = new List<HttpResponseMessage>();
        for (var one = 0; one < 15; one++)
            slow.Add(await GetAsync(Path));

        // more than there are connections: the others have their turn
        (await edge.GetAsync(edge.Key, "/api/notifications?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await UntilAsync(async () => await edge.BusyConnectionsAsync() == 0);
        slow.ForEach(answer => answer.Dispose());
        (await edge.GetAsync(edge.Key, "/api/notifications?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        edge.Errors().ShouldNotContain(error => error.Contains(Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("format=xml", "format")]
    [InlineData("status=lost", "status")]
    [InlineData("channel=pigeon", "channel")]
    [InlineData("after=yesterday", "after")]
    [InlineData("since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "until")]
    public async Task What_cannot_be_asked_for_is_named(string query, string field)
    {
        using var answer = await GetAsync($"{Path}?{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await EdgeProcess.JsonAsync(answer))["errors"]!.AsArray().Select(error => (string?)error!["name"]).ShouldContain(field);
    }

    [Fact]
    public async Task A_key_of_another_scope_is_refused()
    {
        var (_, key) = await edge.NewUserAsync("rules");
        (await edge.GetAsync(key, Path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static Guid IdOf(string line) => JsonNode.Parse(line)!["id"]!.GetValue<Guid>();

    private static async Task<string[]> LinesAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var again = 0; !await condition(); again++)
        {
            again.ShouldBeLessThan(500, "it did not become true");
            await timer.WaitForNextTickAsync();
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Authorization", $"Bearer {edge.Key}" } } };
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await edge.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public sealed class ManyNotifications : EdgeProcess
    {
        /// <summary>The user's, the newest first.</summary>
        public IReadOnlyList<Guid> Ids { get; private set; } = [];

        public string Key { get; private set; } = "";

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            (var userId, Key) = await NewUserAsync("notifications");
            var (otherId, _) = await NewUserAsync("notifications");
            // an id a second: 12 hexadecimal digits of its time, as in UUIDv7
            await Database.Command(
                """
                INSERT INTO notifications
                    (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, sent_at, delivered_at, failed_at,
                     metadata)
                SELECT overlay(gen_random_uuid()::text placing regexp_replace(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0'), '^(.{8})', '\1-')
                               from 1 for 13)::uuid,
                       CASE WHEN n <= $3 THEN $1 ELSE $2 END, CASE WHEN n % 1000 = 0 THEN 'sms' ELSE 'whatsapp' END, '+15550100001',
                       CASE WHEN n % 1000 = 0 THEN '=cmd|'' /C calc''!A0, "quoted"' ELSE repeat('text ', 20) END, 1,
                       CASE WHEN n = 77 THEN 'failed' ELSE 'delivered' END, 'api', at, CASE WHEN n <> 77 THEN at END,
                       CASE WHEN n <> 77 THEN at END, CASE WHEN n = 77 THEN at END,
                       CASE WHEN n IN (5, 7, 77) THEN jsonb_build_object('category', 'orders', 'recipient', 'ann') END
                           || CASE WHEN n IN (7, 77) THEN '{"notifyId": "00000000-0000-0000-0000-0000000000aa"}'::jsonb ELSE '{}' END
                FROM generate_series(1, $3 + 5000) AS n
                CROSS JOIN LATERAL (SELECT timestamptz '2026-03-02 00:00:00Z' + (n - 1) * interval '1 second' AS at) AS time
                """,
                userId, otherId, Many).RunAsync(default);
            await Database.Command("ANALYZE notifications").RunAsync(default);
            Ids = await Database.Command("SELECT id FROM notifications WHERE user_id = $1 ORDER BY id DESC", userId)
                .ListAsync(row => row.GetGuid(0), default);
        }

        /// <summary>How many connections of the process have a statement or a transaction.</summary>
        public Task<long> BusyConnectionsAsync() => Database.Command(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'")
            .ScalarAsync<long>(default);
    }
}
