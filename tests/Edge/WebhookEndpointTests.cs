using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge;

/// <summary>Webhook endpoints through the API, as in production: neither plain HTTP nor this machine is allowed.</summary>
public sealed class StrictEdge : EdgeProcess
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Webhooks__AllowHttp"] = "false",
        ["Webhooks__AllowedNetworks__0"] = "203.0.113.0/24",
        ["Webhooks__AllowedNetworks__1"] = "203.0.113.0/24",
        ["Webhooks__MaxEndpointsPerUser"] = "3",
    };
}

public sealed class WebhookEndpointTests(StrictEdge edge) : IClassFixture<StrictEdge>
{
    private const string Url = "https://54.231.0.1/hook";

    [Fact]
    public async Task An_endpoint_is_made_read_changed_and_deleted_and_its_secret_shown_once()
    {
        var (user, key) = await edge.NewUserAsync(Scope.Notifications);
        var made = await MakeAsync(key, Url, "notification.*", "email.replied");
        var (id, secret) = ((string)made["id"]!, (string)made["secret"]!);

        secret.ShouldStartWith("whsec_");
        Convert.FromBase64String(secret["whsec_".Length..]).Length.ShouldBe(32);
        var read = await (await edge.GetAsync(key, $"/api/webhook-endpoints/{id}")).Content.ReadAsStringAsync();
        read.ShouldNotContain("secret");
        (await SecretsAsync(user)).ShouldBe([secret]);

        var changed = await EdgeProcess.JsonAsync(await PatchAsync(key, id, """{"events":["*"],"ratePerSecond":5}"""));
        ((string)changed["events"]![0]!, (int)changed["ratePerSecond"]!, (string)changed["url"]!).ShouldBe(("*", 5, Url));
        ((int?)(await EdgeProcess.JsonAsync(await PatchAsync(key, id, """{"ratePerSecond":null}""")))["ratePerSecond"]).ShouldBeNull();
        (await EdgeProcess.JsonAsync(await edge.GetAsync(key, "/api/webhook-endpoints")))["items"]!.AsArray().Count.ShouldBe(1);

        (await edge.SendAsync(HttpMethod.Delete, key, $"/api/webhook-endpoints/{id}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SecretsAsync(user)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_that_is_given_again_shows_no_secret()
    {
        var (_, key) = await edge.NewUserAsync(Scope.Notifications);
        var body = new { url = Url, events = new[] { "*" } };

        var first = await EdgeProcess.JsonAsync(await edge.PostAsync(key, "/api/webhook-endpoints", body, ("Idempotency-Key", "k")));
        var again = await EdgeProcess.JsonAsync(await edge.PostAsync(key, "/api/webhook-endpoints", body, ("Idempotency-Key", "k")));

        ((string?)again["id"]).ShouldBe((string?)first["id"]);
        first["secret"].ShouldNotBeNull();
        again["secret"].ShouldBeNull();
    }

    [Theory]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://localhost/")]
    [InlineData("https://[::ffff:169.254.169.254]/latest/meta-data")]
    [InlineData("https://2130706433/")]
    [InlineData("http://54.231.0.1/")]
    [InlineData("https://user:pass@54.231.0.1/")]
    public async Task Where_webhooks_may_not_go_there_is_no_endpoint_neither_made_nor_changed(string url)
    {
        var (_, key) = await edge.NewUserAsync(Scope.Notifications);
        var id = (string)(await MakeAsync(key, Url, "*"))["id"]!;

        using var made = await edge.PostAsync(key, "/api/webhook-endpoints", new { url, events = new[] { "*" } });
        using var changed = await PatchAsync(key, id, $$"""{"url":"{{url}}"}""");

        made.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        changed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ((string)(await EdgeProcess.JsonAsync(changed))["errors"]![0]!["name"]!).ShouldBe("url");
        ((string)(await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/webhook-endpoints/{id}")))["url"]!).ShouldBe(Url);
    }

    [Fact]
    public async Task A_rotated_secret_signs_beside_the_former_one_and_no_older_one()
    {
        var (user, key) = await edge.NewUserAsync(Scope.Notifications);
        var made = await MakeAsync(key, Url, "*");
        var path = $"/api/webhook-endpoints/{made["id"]}/rotate";

        var second = await EdgeProcess.JsonAsync(await edge.SendAsync(HttpMethod.Post, key, path, null));
        var third = await EdgeProcess.JsonAsync(await edge.SendAsync(HttpMethod.Post, key, path, null));

        var now = TimeProvider.System.GetUtcNow();
        (await SecretsAsync(user)).ShouldBe([(string)third["secret"]!, (string)second["secret"]!]);
        ((DateTimeOffset)third["formerUntil"]!).ShouldBeInRange(now.AddHours(23), now.AddHours(25));
    }

    [Fact]
    public async Task A_user_has_only_so_many_and_each_field_is_looked_at()
    {
        var (_, key) = await edge.NewUserAsync(Scope.Notifications);
        foreach (var body in new object[]
        {
            new { url = Url }, new { url = Url, events = Array.Empty<string>() }, new { url = Url, events = new[] { "Nothing" } },
            new { url = "nowhere", events = new[] { "*" } }, new { url = Url, events = new[] { "*" }, ratePerSecond = 0 },
        })
            (await edge.PostAsync(key, "/api/webhook-endpoints", body)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, body.ToString());

        for (var i = 0; i < 3; i++)
            await MakeAsync(key, Url, "*");
        (await edge.PostAsync(key, "/api/webhook-endpoints", new { url = Url, events = new[] { "*" } })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_test_is_sent_a_delivery_sent_again_and_a_span_recovered()
    {
        var (_, key) = await edge.NewUserAsync(Scope.Notifications);
        var id = (string)(await MakeAsync(key, Url, "email.*"))["id"]!;
        var path = $"/api/webhook-endpoints/{id}";

        var sent = (string)(await EdgeProcess.JsonAsync(await edge.SendAsync(HttpMethod.Post, key, $"{path}/test", null)))["deliveryId"]!;
        var delivery = (await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"{path}/deliveries")))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)delivery["id"]!, (string)delivery["type"]!, (string)delivery["state"]!).ShouldBe((sent, "webhook.test", "pending"));
        ((string)JsonNode.Parse((string)delivery["requestBody"]!)!["type"]!).ShouldBe("webhook.test");
        (await JobsAsync(sent)).ShouldBe(1);

        // on its way; then as if it had been given up
        (await ResendAsync(key, path, sent)).ShouldBe(HttpStatusCode.Conflict);
        await edge.ExecuteAsync(
            $$$"""
            UPDATE webhook_deliveries SET state = 'failed', attempts = 10, tries = 10, completed_at = now(), error = 'x' WHERE id = '{{{sent}}}';
            INSERT INTO webhook_attempts VALUES ('{{{sent}}}', 10, now(), 42, 500, 'x', '{"webhook-id": "msg_1"}', 'oops');
            """);
        var failed = (await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"{path}/deliveries?state=failed")))["items"]![0]!["attempts"]![0]!;
        ((int)failed["number"]!, (int)failed["status"]!, (int)failed["durationMs"]!).ShouldBe((10, 500, 42));
        ((string)failed["requestHeaders"]!["webhook-id"]!, (string)failed["responseBody"]!).ShouldBe(("msg_1", "oops"));
        (await ResendAsync(key, path, sent)).ShouldBe(HttpStatusCode.Accepted);
        (await ResendAsync(key, path, Guid.CreateVersion7().ToString())).ShouldBe(HttpStatusCode.NotFound);

        await edge.ExecuteAsync($"UPDATE webhook_deliveries SET state = 'failed' WHERE id = '{sent}'");
        (await RecoverAsync(key, path, TimeProvider.System.GetUtcNow().AddHours(-2), TimeProvider.System.GetUtcNow().AddHours(-1))).ShouldBe(0);
        (await RecoverAsync(key, path, TimeProvider.System.GetUtcNow().AddHours(-1), null)).ShouldBe(1);
        (await RecoverAsync(key, path, TimeProvider.System.GetUtcNow().AddHours(-1), null)).ShouldBe(0);

        await edge.ExecuteAsync($"UPDATE webhook_endpoints SET disabled_at = now(), disabled_reason = 'It answered 410 (gone).' WHERE id = '{id}'");
        (await edge.SendAsync(HttpMethod.Post, key, $"{path}/test", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var enabled = await EdgeProcess.JsonAsync(await edge.SendAsync(HttpMethod.Post, key, $"{path}/enable", null));
        enabled["disabledAt"].ShouldBeNull();
        (await edge.SendAsync(HttpMethod.Post, key, $"{path}/test", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private async Task<JsonNode> MakeAsync(string key, string url, params string[] events)
    {
        using var answer = await edge.PostAsync(key, "/api/webhook-endpoints", new { url, events });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await EdgeProcess.JsonAsync(answer);
    }

    private Task<HttpResponseMessage> PatchAsync(string key, string id, string body) => edge.SendAsync(
        HttpMethod.Patch, key, $"/api/webhook-endpoints/{id}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

    private async Task<HttpStatusCode> ResendAsync(string key, string path, string delivery) =>
        (await edge.SendAsync(HttpMethod.Post, key, $"{path}/deliveries/{delivery}/resend", null)).StatusCode;

    private async Task<int> RecoverAsync(string key, string path, DateTimeOffset since, DateTimeOffset? until) =>
        (int)(await EdgeProcess.JsonAsync(await edge.PostAsync(key, $"{path}/recover", new { since, until })))["recovered"]!;

    private async Task<long> JobsAsync(string delivery)
    {
        await using var command = edge.Database.CreateCommand($"SELECT count(*) FROM scheduled_jobs WHERE type = 'deliver-webhook' AND id = '{delivery}'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // decrypted, the current one first
    private async Task<List<string>> SecretsAsync(Guid user)
    {
        var protector = new SecretProtector(Options.Create(new EncryptionOptions { Key = EdgeProcess.EncryptionKey }));
        await using var command = edge.Database.CreateCommand(
            $"SELECT id, secret FROM webhook_secrets WHERE user_id = '{user}' ORDER BY expires_at DESC NULLS FIRST");
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
            found.Add(protector.Unprotect(reader.GetFieldValue<byte[]>(1), SecretColumn.WebhookSecret, reader.GetGuid(0)));
        return found;
    }
}
