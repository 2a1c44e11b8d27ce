using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Edge;

/// <summary>Inputs that were answered 500, or taken for what they are not.</summary>
public sealed class ApiFaultTests(EdgeProcess edge) : IClassFixture<EdgeProcess>
{
    private static readonly string[] AllScopes = ["rules", "notifications", "mail", "texts", "analytics", "jobs", "keys"];

    public static TheoryData<string> Dates =>
    [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T13:00:00-14:00",
        "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "9999-12-31T00:00:00+14:00", "1899-12-31T00:00:00Z",
    ];

    public static object Rule(string name) =>
        new { name, sender = new { domains = new[] { "a.test" } }, channel = "whatsapp", recipient = "+15550100001" };

    [Theory]
    [InlineData("high, very-low")]
    [InlineData("high,low")]
    [InlineData("HIGH,")]
    [InlineData("1")]
    [InlineData("")]
    public async Task An_enum_is_one_of_its_words(string priority)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);

        using var answer = await edge.PostAsync(
            key, "/api/notifications", new { channel = "whatsapp", recipient = "+15550100001", body = "x", priority });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await EdgeProcess.JsonAsync(answer)).ToJsonString().ShouldContain("priority");
    }

    [Fact]
    public async Task A_rule_that_is_refused_is_not_stored()
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);

        using var answer = await edge.PostAsync(
            key, "/api/rules",
            new { name = "x", content = new { anyOf = new[] { "a" }, scope = "body,both" }, channel = "whatsapp", recipient = "+15550100001" });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var list = await edge.GetAsync(key, "/api/rules");
        list.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await EdgeProcess.JsonAsync(list))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Dates))]
    public async Task No_date_of_a_query_is_an_error_of_ours(string date)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);
        foreach (var (path, parameters) in new[]
                 {
                     ("/api/notifications", new[] { "since", "until" }),
                     ("/api/enrichments", ["since"]),
                     ("/api/jobs/dead", ["since", "until"]),
                     ("/api/emails/tracked", ["since", "until"]),
                     ("/api/analytics/notifications", ["from", "to"]),
                     ("/api/emails/analytics", ["from", "to"]),
                 })
        {
            foreach (var parameter in parameters)
            {
                using var answer = await edge.GetAsync(key, $"{path}?{parameter}={Uri.EscapeDataString(date)}");
                ((int)answer.StatusCode).ShouldBeOneOf([200, 400], $"{path} {parameter} {date}: {await answer.Content.ReadAsStringAsync()}");
            }
        }
    }

    [Theory]
    [InlineData("/api/notifications", "since", "0001-01-01T00:00:00Z")]
    [InlineData("/api/notifications", "until", "9999-12-31T23:59:59Z")]
    [InlineData("/api/enrichments", "since", "0001-01-01T00:00:00Z")]
    [InlineData("/api/analytics/notifications", "to", "0001-01-01T00:00:00Z")]
    public async Task A_filter_that_reaches_beyond_all_times_is_one_that_takes_all_or_nothing(string path, string parameter, string date)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);

        using var answer = await edge.GetAsync(key, $"{path}?{parameter}={Uri.EscapeDataString(date)}");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(Dates))]
    public async Task No_date_of_a_body_is_an_error_of_ours(string date)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);
        foreach (var (method, path, body) in new (HttpMethod, string, object)[]
                 {
                     (HttpMethod.Post, "/api/notifications", new { channel = "sms", recipient = "+14155550100", body = "x", sendAt = date }),
                     (HttpMethod.Post, "/api/jobs/dead/replay", new { type = "none", since = date }),
                     (HttpMethod.Post, "/api/jobs/dead/replay", new { type = "none", until = date }),
                     (HttpMethod.Post, "/api/emails/sync", new { accountId = Guid.CreateVersion7(), since = date }),
                     (HttpMethod.Patch, $"/api/emails/tracked/{Guid.CreateVersion7()}", new { snoozeUntil = date }),
                     (HttpMethod.Post, "/api/webhooks/email", new { messageId = "1", from = "a@b.test", to = "c@d.test", receivedAt = date }),
                 })
        {
            using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
            using var answer = await edge.SendAsync(method, key, path, content);
            // 503: the broker is not there
            ((int)answer.StatusCode).ShouldBeOneOf(
                [200, 202, 400, 404, 503], $"{path} {date}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("gzip, identity")]
    public async Task A_compressed_body_is_refused(string encoding)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(Rule("compressed")));
        using var body = new ByteArrayContent(compressed.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        body.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        using var answer = await edge.PostAsync(key, "/api/rules", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        answer.Headers.TryGetValues("Accept-Encoding", out var accepted).ShouldBeTrue();
        accepted.ShouldBe(["identity"]);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public async Task An_empty_media_type_is_a_missing_one(string? type)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(Rule("no type")));
        if (type is not null)
            body.Headers.TryAddWithoutValidation("Content-Type", type);

        using var answer = await edge.PostAsync(key, "/api/rules", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("application/json;;;")]
    [InlineData("application/json, text/plain")]
    [InlineData("application/json; charset=\"")]
    [InlineData("/")]
    public async Task A_media_type_that_is_none_is_refused_and_no_body_is_left_unread(string type)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { type = "none", limit = 1 }));
        body.Headers.TryAddWithoutValidation("Content-Type", type);

        using var answer = await edge.PostAsync(key, "/api/jobs/dead/replay", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("priority=high,low")]
    [InlineData("priority=critical")]
    [InlineData("body=other")]
    [InlineData("recipient=junk&sendAt=9999-12-31")]
    public async Task What_a_body_says_is_not_taken_from_the_query(string query)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);

        using var answer = await edge.PostAsync(
            key, $"/api/notifications?{query}", new { channel = "whatsapp", recipient = "+15550100001", body = "mine" });

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using var list = await edge.GetAsync(key, "/api/notifications");
        var made = (await EdgeProcess.JsonAsync(list))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)made["priority"], (string?)made["body"], (string?)made["recipient"]).ShouldBe(("normal", "mine", "+15550100001"));
    }

    [Fact]
    public async Task A_body_may_begin_with_a_byte_order_mark_and_name_no_coding()
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);
        using var body = new ByteArrayContent([0xEF, 0xBB, 0xBF, .. JsonSerializer.SerializeToUtf8Bytes(Rule("marked"))]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        body.Headers.TryAddWithoutValidation("Content-Encoding", "");

        using var answer = await edge.PostAsync(key, "/api/rules", body);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Of_many_mistakes_fifty_are_told()
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);
        var mails = Enumerable.Repeat(new { headers = Enumerable.Range(0, 60).ToDictionary(number => $"{number}", _ => "\0") }, 100);

        using var answer = await edge.PostAsync(key, "/api/webhooks/email", mails);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await EdgeProcess.JsonAsync(answer))["errors"]!.AsArray().Count.ShouldBe(50);
        using var trial = await edge.PostAsync(key, "/api/rules/test", new { text = new { from = "+15550100001", media = new object?[100_000] } });
        (await EdgeProcess.JsonAsync(trial))["errors"]!.AsArray().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_api_has_a_page_in_Development()
    {
        using var page = await edge.Http.GetAsync("/docs/");

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var description = JsonNode.Parse(await edge.Http.GetStringAsync("/openapi/v1.json"))!;
        description["paths"]!["/api/rules"].ShouldNotBeNull();
        ((string?)description["servers"]!.AsArray().ShouldHaveSingleItem()!["url"]).ShouldBe("/", "what is tried there goes to where the page is");
    }

    [Theory]
    [InlineData("/api/rules/")]
    [InlineData("/API/Rules")]
    public async Task An_idempotency_key_knows_a_path_however_it_is_written(string path)
    {
        var (_, key) = await edge.NewUserAsync(AllScopes);
        var header = ("Idempotency-Key", Guid.CreateVersion7().ToString());
        using var first = await edge.PostAsync(key, "/api/rules", Rule("once"), header);
        first.StatusCode.ShouldBe(HttpStatusCode.Created);

        using var again = await edge.PostAsync(key, path, Rule("once"), header);

        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        ((string?)(await EdgeProcess.JsonAsync(again))["id"]).ShouldBe((string?)(await EdgeProcess.JsonAsync(first))["id"]);
    }

    [Fact]
    public async Task What_one_key_made_is_not_replayed_to_another_and_a_secret_to_nobody()
    {
        var (userId, key) = await edge.NewUserAsync(AllScopes);
        var lower = await edge.NewKeyAsync(userId, "rules", "keys");
        var header = ("Idempotency-Key", Guid.CreateVersion7().ToString());
        var body = new { name = "made", scopes = new[] { "rules" } };
        using var first = await edge.PostAsync(key, "/api/api-keys", body, header);
        var made = await EdgeProcess.JsonAsync(first);
        ((string?)made["key"]).ShouldStartWith("sb_");

        using var other = await edge.PostAsync(lower, "/api/api-keys", body, header);
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        using var again = await edge.PostAsync(key, "/api/api-keys", body, header);
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        var replayed = await EdgeProcess.JsonAsync(again);
        ((string?)replayed["id"]).ShouldBe((string?)made["id"]);
        replayed["key"].ShouldBeNull();

        await using var stored = edge.Database.CreateCommand("SELECT response FROM idempotency_keys WHERE user_id = $1");
        stored.Parameters.AddWithValue(userId);
        var kept = new SecretProtector(Options.Create(new EncryptionOptions { Key = EdgeProcess.EncryptionKey })).Unprotect(
            (byte[])(await stored.ExecuteScalarAsync())!, SecretColumn.IdempotentAnswer, $"{userId}/{header.Item2}");
        kept.ShouldContain((string)made["id"]!);
        kept.ShouldNotContain((string)made["key"]!);
    }
}
