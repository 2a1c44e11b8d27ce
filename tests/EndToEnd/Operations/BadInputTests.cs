using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Operations;

/// <summary>Every bad input gets a clear problem answer.</summary>
public sealed class BadInputTests(ApplicationFixture app)
{
    [Fact]
    public async Task An_unknown_key_and_a_revoked_key_are_not_let_in()
    {
        var me = await app.Edge.NewUserAsync();
        var issued = await me.PostAsync("/api/api-keys", new { name = "short-lived", scopes = new[] { "rules" } }, HttpStatusCode.Created);
        var other = me.As((string)issued["key"]!);
        await other.GetAsync("/api/rules");

        (await me.SendAsync(HttpMethod.Delete, $"/api/api-keys/{issued["id"]}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await Eventually.SeesAsync(
            async () => (await other.SendAsync(HttpMethod.Get, "/api/rules")).StatusCode,
            status => status == HttpStatusCode.Unauthorized, "a 401 for the revoked key");
        await ProblemAsync(await app.Edge.As("sb_nobody").SendAsync(HttpMethod.Get, "/api/rules"), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Anothers_things_are_not_found()
    {
        var me = await app.Edge.NewUserAsync();
        var rule = await me.CreateRuleAsync("mine.test", "+15550114001");
        var otherUser = await app.Edge.NewUserAsync();

        await ProblemAsync(await otherUser.SendAsync(HttpMethod.Get, $"/api/rules/{rule["id"]}"), HttpStatusCode.NotFound);
        await ProblemAsync(await otherUser.SendAsync(HttpMethod.Put, $"/api/rules/{rule["id"]}", rule), HttpStatusCode.NotFound);
        await ProblemAsync(await otherUser.SendAsync(HttpMethod.Delete, $"/api/rules/{rule["id"]}"), HttpStatusCode.NotFound);
        await ProblemAsync(await otherUser.SendAsync(HttpMethod.Get, "/api/jobs/dead"), HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Each_field_that_is_wrong_is_named_at_once()
    {
        var me = await app.Edge.NewUserAsync();

        var problem = await ProblemAsync(
            await me.SendAsync(HttpMethod.Post, "/api/webhooks/email", new { messageId = "", from = "", to = "me@example.com", subject = "x", text = "" }),
            HttpStatusCode.BadRequest);

        var text = problem.ToJsonString();
        text.ShouldContain("messageId");
        text.ShouldContain("from");
    }

    [Fact]
    public async Task Broken_json_unknown_routes_and_wrong_methods_are_problems()
    {
        await ProblemAsync(
            await app.Edge.SendAsync(HttpMethod.Post, "/api/rules", new StringContent("{\"name\":", Encoding.UTF8, "application/json")),
            HttpStatusCode.BadRequest);
        await ProblemAsync(await app.Edge.SendAsync(HttpMethod.Get, "/api/nothing-here"), HttpStatusCode.NotFound);
        await ProblemAsync(await app.Edge.SendAsync(HttpMethod.Patch, "/api/notifications/summary"), HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_body_over_one_megabyte_is_too_large() =>
        await ProblemAsync(
            await app.Edge.SendAsync(
                HttpMethod.Post, "/api/webhooks/email",
                new { messageId = "big", from = "a@b.test", to = "c@d.test", subject = "big", text = new string('x', 1_100_000) }),
            HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task A_wrong_signature_or_token_is_not_let_in()
    {
        await ProblemAsync(
            await app.Edge.SendAsync(
                HttpMethod.Post, "/api/webhooks/whatsapp", new { @object = "whatsapp_business_account" },
                ("X-Hub-Signature-256", "sha256=" + new string('0', 64))),
            HttpStatusCode.Unauthorized);
        await ProblemAsync(
            await app.Edge.SendAsync(HttpMethod.Post, "/api/webhooks/gmail", new { message = new { data = "e30", messageId = "1" } }),
            HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_same_idempotency_key_gives_the_same_answer_and_another_body_is_refused()
    {
        var me = await app.Edge.NewUserAsync();
        var text = $"Once {Guid.CreateVersion7():n}";
        var header = ("Idempotency-Key", Guid.CreateVersion7().ToString());
        var body = new { channel = "whatsapp", recipient = "+15550114002", body = text };

        var first = await me.PostAsync("/api/notifications", body, HttpStatusCode.Accepted, header);
        var again = await me.PostAsync("/api/notifications", body, HttpStatusCode.Accepted, header);
        ((string?)again["id"]).ShouldBe((string?)first["id"]);
        await ProblemAsync(
            await me.SendAsync(HttpMethod.Post, "/api/notifications", body with { body = "Other" }, header),
            HttpStatusCode.UnprocessableEntity);

        await me.NotificationAsync(text, "delivered");
        (await app.Simulator.MessagesAsync(text)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_cursor_that_was_tampered_with_and_a_limit_out_of_range_are_refused()
    {
        await ProblemAsync(await app.Edge.SendAsync(HttpMethod.Get, "/api/notifications?cursor=nonsense"), HttpStatusCode.BadRequest);
        await ProblemAsync(await app.Edge.SendAsync(HttpMethod.Get, "/api/notifications?limit=101"), HttpStatusCode.BadRequest);
    }

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = await EdgeClient.ReadAsync(response, expected);
        ((string?)problem["type"]).ShouldNotBeNullOrWhiteSpace();
        ((int)problem["status"]!).ShouldBe((int)expected);
        response.Headers.Contains("X-Response-Time").ShouldBeTrue();
        return problem;
    }
}
