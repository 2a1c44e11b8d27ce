using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Edge;

/// <summary>Recipients as programs make them known, one and many at a time, find them and delete them.</summary>
public sealed class RecipientTests(SharedEdge edge)
{
    private const string Token = "cRsvLyDkRXWXPBkH7y3Fq2:APA91bExample";
    private const string Subscription =
        """{"endpoint":"https://push.example/send/abc1","keys":{"p256dh":"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","auth":"AAAAAAAAAAAAAAAAAAAAAA"}}""";

    [Fact]
    public async Task What_is_left_out_stays_and_null_takes_away()
    {
        var (user, key) = await edge.NewUserAsync("notifications");
        var made = await UpsertAsync(key, HttpStatusCode.Created,
            $$$"""
            {"id":"a/b c","email":"Ann@example.com","phone":"+14155550100","whatsapp":"+15550100001","timeZone":"Europe/Vienna","locale":"de-AT",
             "push":[{"service":"fcm","token":"{{{Token}}}"},{"service":"web","subscription":{{{Subscription}}}}],
             "chat":[{"service":"slack","url":"https://hooks.slack.com/services/T0/B0/secret99"}],"properties":{"name":"Ann"}}
            """);
        made["push"]!.AsArray().Select(push => (string)push!["token"]!).ShouldBe(["…mple", "…abc1"], ignoreOrder: true);
        ((string?)made["chat"]![0]!["url"]).ShouldBe("…et99");
        made.ToJsonString().ShouldNotContain("secret99");

        var changed = await UpsertAsync(key, HttpStatusCode.OK, """{"id":"a/b c","phone":null,"push":[],"locale":null,"properties":{"name":"Bob"}}""");
        changed["phone"].ShouldBeNull();
        changed["locale"].ShouldBeNull();
        changed["push"]!.AsArray().ShouldBeEmpty();
        ((string?)changed["email"], (string?)changed["whatsapp"], (string?)changed["timeZone"], (string?)changed["properties"]!["name"])
            .ShouldBe(("Ann@example.com", "+15550100001", "Europe/Vienna", "Bob"));
        changed["chat"]!.AsArray().Count.ShouldBe(1);

        JsonNode.DeepEquals(await ReadAsync(key, "/api/recipients/a%2Fb%20c"), changed).ShouldBeTrue();
        (await ScalarAsync($"SELECT count(*) FROM recipient_addresses WHERE user_id = '{user}' AND (address LIKE '%secret%' OR position('secret99' IN encode(secret, 'escape')) > 0)"))
            .ShouldBe(0, "what can be sent by is encrypted");
        (await ScalarAsync($"SELECT recipients FROM users WHERE id = '{user}'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"email":"a@b.test"}""", "id")]
    [InlineData("""{"id":" x"}""", "id")]
    [InlineData("""{"id":".."}""", "id")]
    [InlineData("""{"id":"x","email":"Ann <a@b.test>"}""", "email")]
    [InlineData("""{"id":"x","phone":"555"}""", "phone")]
    [InlineData("""{"id":"x","whatsapp":"+1"}""", "whatsapp")]
    [InlineData("""{"id":"x","timeZone":"Europe/Atlantis"}""", "timeZone")]
    [InlineData("""{"id":"x","locale":"xx"}""", "locale")]
    [InlineData("""{"id":"x","locale":"de-AA"}""", "locale")]
    [InlineData("""{"id":"x","properties":[1]}""", "properties")]
    [InlineData("""{"id":"x","properties":{"a":"\u0000"}}""", "properties")]
    [InlineData("""{"id":"x","properties":{"a":1e999}}""", "properties")]
    [InlineData("""{"id":"x","push":[{"service":"wns","token":"x"}]}""", "push[0].service")]
    [InlineData("""{"id":"x","push":[{"service":"apns","token":"xyz"}]}""", "push[0].token")]
    [InlineData("""{"id":"x","push":[{"service":"web","subscription":{"endpoint":"http://push.example/x"}}]}""", "push[0].subscription.endpoint")]
    [InlineData("""{"id":"x","push":[{"service":"web","subscription":{"endpoint":"https://push.example/x","keys":{"p256dh":"AAAA","auth":"AAAA"}}}]}""", "push[0].subscription.keys.p256dh")]
    [InlineData("""{"id":"x","chat":[{"service":"irc","url":"https://a.test"}]}""", "chat[0].service")]
    [InlineData("""{"id":"x","chat":[{"service":"slack","url":"http://hooks.slack.com/x"}]}""", "chat[0].url")]
    [InlineData("""{"id":"x","chat":[{"service":"slack","url":"https://10.0.0.1/x"}]}""", "chat[0].url")]
    [InlineData("""{"id":"x","chat":[{"service":"slack","url":"https://[::ffff:127.0.0.1]/x"}]}""", "chat[0].url")]
    [InlineData("""{"id":"x","chat":[{"service":"slack","url":"https://0x7f000001/x"}]}""", "chat[0].url")]
    public async Task What_is_wrong_is_named(string body, string field)
    {
        var (user, key) = await edge.NewUserAsync("notifications");

        using var answer = await PostAsync(key, "/api/recipients", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await EdgeProcess.JsonAsync(answer))["errors"]!.AsArray().Select(error => (string?)error!["name"]).ShouldBe([field]);
        (await ScalarAsync($"SELECT count(*) FROM recipients WHERE user_id = '{user}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_token_belongs_to_who_registered_it_last_and_what_was_turned_off_is_on_again()
    {
        var (user, key) = await edge.NewUserAsync("notifications");
        var (_, other) = await edge.NewUserAsync("notifications");
        var push = $$"""[{"service":"fcm","token":"{{Token}}"}]""";
        await UpsertAsync(key, HttpStatusCode.Created, $$"""{"id":"ann","email":"shared@example.com","push":{{push}}}""");
        await UpsertAsync(other, HttpStatusCode.Created, $$"""{"id":"ann","push":{{push}}}""");
        await edge.ExecuteAsync($"UPDATE recipient_addresses SET disabled_at = now(), disabled_reason = 'It bounced.' WHERE user_id = '{user}'");
        var disabled = (await ReadAsync(key, "/api/recipients/ann"))["disabled"]!.AsArray();
        disabled.Select(address => ((string?)address!["channel"], (string?)address["reason"]))
            .ShouldBe([("email", "It bounced."), ("push", "It bounced.")], ignoreOrder: true);

        var bob = await UpsertAsync(key, HttpStatusCode.Created, $$"""{"id":"bob","email":"shared@example.com","push":{{push}}}""");
        bob["disabled"]!.AsArray().ShouldBeEmpty();
        var ann = await UpsertAsync(key, HttpStatusCode.OK, """{"id":"ann","email":"SHARED@example.com"}""");

        ann["push"]!.AsArray().ShouldBeEmpty("the device is Bob's now");
        ann["disabled"]!.AsArray().ShouldBeEmpty("it was given again");
        (await ReadAsync(other, "/api/recipients/ann"))["push"]!.AsArray().Count.ShouldBe(1, "of another user nothing moves");
    }

    [Fact]
    public async Task Of_many_lines_those_that_are_wrong_are_told_and_the_others_are_taken()
    {
        var (user, key) = await edge.NewUserAsync("notifications");
        await UpsertAsync(key, HttpStatusCode.Created, """{"id":"r7","email":"old@example.com"}""");
        var lines = Enumerable.Range(1, 1_200).Select(number => number switch
        {
            3 => "",
            5 => "{",
            6 => """{"id":"r6","phone":"555"}""",
            900 => $$$"""{"id":"r900","properties":{"a":"{{{new string('x', 200_000)}}}"}}""",
            1_100 => """{"id":"r8","email":"later@example.com"}""",
            _ => string.Create(CultureInfo.InvariantCulture, $$"""{"id":"r{{number}}","email":"r{{number}}@example.com","timeZone":"Europe/Vienna"}"""),
        });

        var answer = await BulkAsync(key, string.Join("\r\n", lines), HttpStatusCode.OK);

        ((int)answer["received"]!, (int)answer["created"]!, (int)answer["updated"]!, (int)answer["failed"]!).ShouldBe((1_199, 1_194, 2, 3));
        answer["errors"]!.AsArray().Select(error => ((int)error!["line"]!, (string?)error["errors"]![0]!["name"]))
            .ShouldBe([(5, "$"), (6, "phone"), (900, "$")]);
        (await ScalarAsync($"SELECT recipients FROM users WHERE id = '{user}'")).ShouldBe(1_195);
        ((string?)(await ReadAsync(key, "/api/recipients/r7"))["email"]).ShouldBe("r7@example.com");
        ((string?)(await ReadAsync(key, "/api/recipients/r8"))["email"]).ShouldBe("later@example.com", "the later line counts");

        var tooMany = await BulkAsync(
            key, string.Join('\n', Enumerable.Range(1, 10_001).Select(number => $$"""{"id":"n{{number}}"}""")), HttpStatusCode.RequestEntityTooLarge);
        ((string?)tooMany["detail"]).ShouldNotBeNull().ShouldContain("10001");
        ((int)tooMany["taken"]!["created"]!).ShouldBe(10_000);
    }

    [Fact]
    public async Task They_are_found_by_topic_and_by_address_page_by_page()
    {
        var (_, key) = await edge.NewUserAsync("notifications");
        await BulkAsync(key, string.Join('\n', Enumerable.Range(1, 7).Select(number => $$"""{"id":"r{{number}}","email":"Box{{number % 2}}@example.com"}""")), HttpStatusCode.OK);
        using (var topic = await PostAsync(key, "/api/topics", """{"name":"news"}"""))
            topic.StatusCode.ShouldBe(HttpStatusCode.Created);
        using (var again = await PostAsync(key, "/api/topics", """{"name":"news"}"""))
            again.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var added = await PostAsync(key, "/api/topics/news/members", """{"recipients":["r1","r2","r3","nobody","r3"]}""");
        var said = await EdgeProcess.JsonAsync(added);
        ((int)said["members"]!, (string?)said["unknown"]![0]).ShouldBe((3, "nobody"));

        // made in one call they are of one time, in no order
        (await IdsAsync(key, "/api/recipients?limit=3")).ShouldBe(["r7", "r6", "r5", "r4", "r3", "r2", "r1"], ignoreOrder: true);
        (await IdsAsync(key, "/api/recipients?limit=2&topic=news")).ShouldBe(["r3", "r2", "r1"], ignoreOrder: true);
        (await IdsAsync(key, "/api/topics/news/members?limit=2")).ShouldBe(["r3", "r2", "r1"], ignoreOrder: true);
        (await IdsAsync(key, "/api/recipients?limit=2&address=box1%40EXAMPLE.com")).ShouldBe(["r7", "r5", "r3", "r1"], ignoreOrder: true);

        using (await edge.SendAsync(HttpMethod.Delete, key, "/api/topics/news/members", Json("""{"recipients":["r2"]}""")))
            (await IdsAsync(key, "/api/topics/news/members?limit=2")).ShouldBe(["r3", "r1"], ignoreOrder: true);
        (await StatusAsync(HttpMethod.Delete, key, "/api/topics/news")).ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(HttpMethod.Get, key, "/api/topics/news/members")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Get, key, "/api/recipients/r2")).ShouldBe(HttpStatusCode.OK, "the recipients stay");
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(700, 1)]
    public async Task All_that_is_theirs_goes_with_them_and_what_is_too_much_for_one_transaction_soon(int notifications, int jobs)
    {
        var (user, key) = await edge.NewUserAsync("notifications");
        await UpsertAsync(key, HttpStatusCode.Created, """{"id":"ann","email":"ann@example.com"}""");
        await UpsertAsync(key, HttpStatusCode.Created, """{"id":"bob","email":"bob@example.com"}""");
        using (await PostAsync(key, "/api/topics", """{"name":"news"}"""))
        using (await PostAsync(key, "/api/topics/news/members", """{"recipients":["ann","bob"]}"""))
        using (await edge.SendAsync(HttpMethod.Put, key, "/api/recipients/ann/preferences", Json("""{"preferences":{"*":{"sms":false}}}""")))
            await edge.ExecuteAsync(
                $"""
                INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at, recipient_id)
                SELECT gen_random_uuid(), user_id, 'email', external_id, 'text', 1, 'pending', 'notify', now(), id
                FROM recipients, generate_series(1, {notifications}) WHERE user_id = '{user}';
                INSERT INTO notification_attempts (notification_id, number, at, outcome, duration_ms)
                SELECT id, 1, now(), 'transient', 1 FROM notifications WHERE user_id = '{user}'
                """);

        (await StatusAsync(HttpMethod.Delete, key, "/api/recipients/ann")).ShouldBe(HttpStatusCode.NoContent);

        (await StatusAsync(HttpMethod.Get, key, "/api/recipients/ann")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Delete, key, "/api/recipients/ann")).ShouldBe(HttpStatusCode.NotFound);
        foreach (var table in (string[])["recipients", "recipient_addresses", "topic_members"])
            (await ScalarAsync($"SELECT count(*) FROM {table} WHERE user_id = '{user}'")).ShouldBe(1, $"{table}: Bob's");
        (await ScalarAsync($"SELECT count(*) FROM recipient_preferences WHERE user_id = '{user}'")).ShouldBe(0);
        (await ScalarAsync($"SELECT count(*) FROM notifications WHERE user_id = '{user}' AND recipient = 'ann'")).ShouldBe(notifications - Math.Min(notifications, 500));
        (await ScalarAsync($"SELECT count(*) FROM notifications WHERE user_id = '{user}' AND recipient = 'bob'")).ShouldBe(notifications);
        (await ScalarAsync($"SELECT count(*) FROM notification_attempts AS a JOIN notifications AS n ON n.id = a.notification_id WHERE n.user_id = '{user}'"))
            .ShouldBe(await ScalarAsync($"SELECT count(*) FROM notifications WHERE user_id = '{user}'"));
        (await ScalarAsync($"SELECT count(*) FROM scheduled_jobs WHERE type = 'delete-recipient-data' AND payload::text LIKE '%{user}%'")).ShouldBe(jobs);
        (await ScalarAsync($"SELECT recipients FROM users WHERE id = '{user}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_user_has_only_so_many_recipients()
    {
        var (user, key) = await edge.NewUserAsync("notifications");
        await UpsertAsync(key, HttpStatusCode.Created, """{"id":"known"}""");
        await edge.ExecuteAsync($"UPDATE users SET recipients = 9999999 WHERE id = '{user}'");

        var answer = await BulkAsync(key, "{\"id\":\"known\"}\n{\"id\":\"last\"}\n{\"id\":\"over\"}", HttpStatusCode.OK);

        ((int)answer["created"]!, (int)answer["updated"]!, (int)answer["errors"]![0]!["line"]!).ShouldBe((1, 1, 3));
        using var over = await PostAsync(key, "/api/recipients", """{"id":"over"}""");
        over.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await UpsertAsync(key, HttpStatusCode.OK, """{"id":"last","locale":"de"}""");
    }

    private async Task<JsonNode> UpsertAsync(string key, HttpStatusCode expected, string body)
    {
        using var answer = await PostAsync(key, "/api/recipients", body);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        return await EdgeProcess.JsonAsync(answer);
    }

    private async Task<JsonNode> BulkAsync(string key, string lines, HttpStatusCode expected)
    {
        using var body = new StringContent(lines, Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        using var answer = await edge.SendAsync(HttpMethod.Post, key, "/api/recipients/bulk", body);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        return await EdgeProcess.JsonAsync(answer);
    }

    private async Task<List<string>> IdsAsync(string key, string list)
    {
        var ids = new List<string>();
        for (var next = list; ;)
        {
            var page = await ReadAsync(key, next);
            ids.AddRange(page["items"]!.AsArray().Select(item => (string)item!["id"]!));
            if ((string?)page["nextCursor"] is not { } cursor)
                return ids;
            next = $"{list}&cursor={cursor}";
        }
    }

    private async Task<JsonNode> ReadAsync(string key, string path)
    {
        using var answer = await edge.GetAsync(key, path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await EdgeProcess.JsonAsync(answer);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string key, string path)
    {
        using var answer = await edge.SendAsync(method, key, path, null);
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> PostAsync(string key, string path, string json) => edge.SendAsync(HttpMethod.Post, key, path, Json(json));

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task<long> ScalarAsync(string sql)
    {
        await using var command = edge.Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
