using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Notifications.Inbox;

namespace Switchboard.Tests.Edge;

/// <summary>An edge that drops who watches soon, so that both ends can be seen.</summary>
public sealed class InboxEdge : EdgeProcess
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Inbox__HeartbeatSeconds"] = "1",
        ["Inbox__PollMs"] = "100",
        ["Inbox__WriteSeconds"] = "1",
        ["Inbox__MaxWatchersPerRecipient"] = "3",
        ["Inbox__AllowedOrigins__0"] = "https://app.example.com",
    };
}

/// <summary>Inboxes through the API, with tokens; Redis is away, so that what arrives is found in the database.</summary>
public sealed class InboxTests(InboxEdge edge) : InboxTest(edge), IClassFixture<InboxEdge>
{
    private readonly Lazy<SecretProtector> _secrets = new(() => new(Options.Create(new EncryptionOptions { Key = EdgeProcess.EncryptionKey })));

    [Fact]
    public async Task A_recipient_lists_reads_snoozes_and_puts_away_what_is_theirs()
    {
        var token = await SetUpAsync();
        // the second was made first, and arrived last
        var second = Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddHours(-9));
        var first = await ArriveAsync("one");
        await ArriveAsync("two", second);
        var third = await ArriveAsync("three");

        (await ListAsync(token, "?limit=2")).ShouldBe(["three", "two"]);
        (await BodiesAsync(token, $"?limit=2&cursor={(string)(await GetAsync(token, "?limit=2"))["nextCursor"]!}")).ShouldBe(["one"]);
        (await CountAsync(token)).ShouldBe("3 3");

        var read = await EdgeProcess.JsonAsync(await ActAsync(token, $"/{first}/read"));
        ((string)read["body"]!, (string)read["subject"]!, (int)read["data"]!["n"]!, read["readAt"] is null).ShouldBe(("one", "Title", 1, false));
        await ActAsync(token, $"/{second}/seen");
        await ActAsync(token, $"/{third}/archive");
        (await CountAsync(token)).ShouldBe("1 0");
        (await ListAsync(token, "?unread=true")).ShouldBe(["two"]);
        (await ListAsync(token, "?archived=true")).ShouldBe(["three"]);
        // its notification moves by the job that statuses of providers come by
        (await StatusJobsAsync(first)).ShouldBe(["read"]);

        var now = TimeProvider.System.GetUtcNow();
        (await ActAsync(token, $"/{second}/snooze", new { until = now.AddHours(1) })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ActAsync(token, $"/{second}/snooze", new { until = now.AddHours(-1) })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ListAsync(token)).ShouldBe(["one"]);
        await edge.ExecuteAsync($"UPDATE inbox_items SET snoozed_until = now() - interval '1 second' WHERE notification_id = '{second}'");
        (await ListAsync(token)).ShouldBe(["two", "one"]);

        await ActAsync(token, $"/{first}/unread");
        await ActAsync(token, $"/{third}/unarchive");
        (await CountAsync(token)).ShouldBe("3 1");
        var all = await EdgeProcess.JsonAsync(await ActAsync(token, "/read-all"));
        ((int)all["read"]!, (bool)all["isComplete"]!).ShouldBe((3, true));
        (await CountAsync(token)).ShouldBe("0 0");
        (await StatusJobsAsync(second)).ShouldBe(["read"]);
    }

    [Fact]
    public async Task A_token_opens_one_inbox_and_nothing_else_and_only_while_it_lasts()
    {
        var token = await SetUpAsync();
        var mine = await ArriveAsync("mine");
        var stranger = InboxToken.Encode(_secrets.Value, new(User, Guid.CreateVersion7(), TimeProvider.System.GetUtcNow().AddHours(1)));
        var ended = InboxToken.Encode(_secrets.Value, new(User, Recipient, TimeProvider.System.GetUtcNow().AddSeconds(-1)));

        (await ListAsync(stranger)).ShouldBeEmpty();
        (await ActAsync(stranger, $"/{mine}/read")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CountAsync(token)).ShouldBe("1 1");
        foreach (var (refused, path) in new[]
        {
            (ended, "/api/inbox"), (token[..^3] + "AAA", "/api/inbox"), (Key, "/api/inbox"), (Key, "/api/inbox/events"), (token, "/api/notifications"),
            (token, $"/api/notifications/{mine}"), (token, "/api/users/me/export"),
        })
            (await edge.GetAsync(refused, path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        (await edge.PostAsync(token, "/api/inbox/tokens", new { recipient = "ann" })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var longest = new string('x', 256);
        (await edge.PostAsync(Key, "/api/recipients", new { id = longest })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await edge.PostAsync(Key, "/api/inbox/tokens", new { recipient = longest })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await edge.PostAsync(Key, "/api/inbox/tokens", new { recipient = longest + "x" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await edge.PostAsync(Key, "/api/inbox/tokens", new { recipient = "bob" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await edge.PostAsync(Key, "/api/inbox/tokens", new { recipient = "ann", minutes = 1_441 })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_arrives_is_told_in_the_order_of_its_arrival_and_a_client_goes_on_where_it_stopped()
    {
        var token = await SetUpAsync();
        var before = await ArriveAsync("before");
        List<Guid> arrived;
        await using (var first = await WatchAsync(token))
        {
            arrived = [await ArriveAsync("one"), await ArriveAsync("two", Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddDays(-1)))];

            (await first.NextAsync()).ShouldBe(("item", arrived[0], "one"));
            (await first.NextAsync()).ShouldBe(("item", arrived[1], "two"));
        }

        var missed = await ArriveAsync("three");
        await using (var again = await WatchAsync(token, arrived[0]))
        {
            (await again.NextAsync()).ShouldBe(("item", arrived[1], "two"));
            (await again.NextAsync()).ShouldBe(("item", missed, "three"));
            (await again.NextAsync(heartbeats: true)).Event.ShouldBe("heartbeat");
        }

        // what it had is not kept any more: it is told to read the list
        await edge.ExecuteAsync($"DELETE FROM notifications WHERE id = '{before}'");
        await using var gap = await WatchAsync(token, before);
        (await gap.NextAsync()).Event.ShouldBe("gap");
    }

    [Fact]
    public async Task A_connection_ends_with_its_token_and_there_are_no_more_of_them_than_may_be()
    {
        await SetUpAsync();
        var token = InboxToken.Encode(_secrets.Value, new(User, Recipient, TimeProvider.System.GetUtcNow().AddSeconds(3)));
        await using var first = await WatchAsync(token, byQuery: true);
        await using var second = await WatchAsync(token);
        await using var third = await WatchAsync(token);
        using var fourth = await edge.GetAsync(token, "/api/inbox/events");
        fourth.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);

        first.Response.Content.Headers.ContentType!.ToString().ShouldStartWith("text/event-stream");
        first.Response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        (await first.NextAsync()).Event.ShouldBe("end");
        (await first.EndsAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_does_not_receive_is_dropped_and_makes_room_for_others()
    {
        var token = await SetUpAsync();
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, edge.Http.BaseAddress!.Port);
        silent.ReceiveBufferSize = 4_096;
        var stream = silent.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /api/inbox/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"));
        await stream.ReadExactlyAsync(new byte[100]);
        await using var other = await WatchAsync(token);
        await using var another = await WatchAsync(token);
        using (var fourth = await edge.GetAsync(token, "/api/inbox/events"))
            fourth.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);

        // more than all buffers on its way hold
        for (var i = 0; i < 40; i++)
            await ArriveAsync(new string('x', 400_000));

        using var limit = new CancellationTokenSource(Soon);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/inbox/events");
            request.Headers.Authorization = new("Bearer", token);
            using var answer = await edge.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (answer.StatusCode == HttpStatusCode.OK)
                break;
            // those that receive go on: with what arrived, and when they have it all, with heartbeats
            (await other.NextAsync(heartbeats: true)).Event.ShouldBeOneOf("item", "heartbeat");
            (await another.NextAsync(heartbeats: true)).Event.ShouldBeOneOf("item", "heartbeat");
        }
    }

    [Fact]
    public async Task A_page_of_an_allowed_origin_may_open_an_inbox_and_nothing_else_of_the_API()
    {
        async Task<string?> AllowedAsync(string path, string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, path);
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "GET");
            request.Headers.Add("Access-Control-Request-Headers", "authorization");
            using var answer = await edge.Http.SendAsync(request);
            return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) ? origins.Single() : null;
        }

        (await AllowedAsync("/api/inbox", "https://app.example.com")).ShouldBe("https://app.example.com");
        (await AllowedAsync("/api/inbox/events", "https://app.example.com")).ShouldBe("https://app.example.com");
        (await AllowedAsync("/api/inbox", "https://evil.example.com")).ShouldBeNull();
        (await AllowedAsync("/api/notifications", "https://app.example.com")).ShouldBeNull();
    }

    private async Task<JsonNode> GetAsync(string token, string query) => await EdgeProcess.JsonAsync(await edge.GetAsync(token, $"/api/inbox{query}"));

    private async Task<IReadOnlyList<string>> BodiesAsync(string token, string query) =>
        [.. (await GetAsync(token, query))["items"]!.AsArray().Select(item => (string)item!["body"]!)];

    private Task<IReadOnlyList<string>> ListAsync(string token, string query = "") => BodiesAsync(token, query);

    private async Task<string> CountAsync(string token)
    {
        var count = await GetAsync(token, "/unread-count");
        return $"{count["unread"]} {count["unseen"]}";
    }

    private Task<HttpResponseMessage> ActAsync(string token, string path, object? body = null) =>
        edge.SendAsync(HttpMethod.Post, token, $"/api/inbox{path}", body is null ? null : JsonContent.Create(body));

    private async Task<List<string>> StatusJobsAsync(Guid id)
    {
        await using var command = edge.Database.CreateCommand(
            """
            SELECT DISTINCT change ->> 'status' FROM scheduled_jobs, json_array_elements(payload -> 'updates') AS change
            WHERE type = 'apply-delivery-statuses' AND change ->> 'notificationId' = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id.ToString() });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
            found.Add(reader.GetString(0));
        return found;
    }
}
