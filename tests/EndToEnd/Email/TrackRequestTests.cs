using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>The past of a mailbox is read, and single mails are tracked: how that is asked for, shown, and ended.</summary>
public sealed class TrackRequestTests(ApplicationFixture app) : IDisposable
{
    private readonly MailboxHolder _owner = new(app.Simulator);

    public void Dispose() => _owner.Dispose();

    [Fact]
    public async Task A_sync_is_taken_once_shown_paused_with_its_account_and_cancelled()
    {
        var me = await app.Edge.NewUserAsync();
        // so large that it is not at its end before the test is
        var id = await _owner.ConnectAsync(me, await _owner.NewMailboxAsync(messages: 200_000));
        var since = TimeProvider.System.GetUtcNow().AddDays(-20);

        var both = await Task.WhenAll(
            me.PostAsync("/api/emails/sync", new { accountId = id, since, batchSize = 200 }, HttpStatusCode.Accepted),
            me.PostAsync("/api/emails/sync", new { accountId = id, since, batchSize = 200 }, HttpStatusCode.Accepted));
        var sync = (string)both[0]["id"]!;
        ((string?)both[1]["id"]).ShouldBe(sync);
        ((int)both[0]["batchSize"]!).ShouldBe(200);

        var later = await me.PostAsync("/api/emails/sync", new { accountId = id, since = since.AddDays(1) }, HttpStatusCode.Accepted);
        ((string?)later["id"]).ShouldBe(sync);
        await RefusedAsync(await me.SendAsync(HttpMethod.Post, "/api/emails/sync", new { accountId = id }), HttpStatusCode.Conflict);
        await RefusedAsync(
            await me.SendAsync(HttpMethod.Post, "/api/emails/sync", new { accountId = id, since = TimeProvider.System.GetUtcNow().AddHours(1) }),
            HttpStatusCode.BadRequest);

        await PatchAsync(me, $"/api/accounts/email/{id}", new { status = "paused" });
        var paused = await me.GetAsync($"/api/emails/sync/{sync}");
        ((string?)paused["state"]).ShouldBe("paused");
        paused["failures"]!.AsArray().ShouldBeEmpty();
        (await me.GetAsync("/api/emails/sync"))["items"]!.AsArray().Select(item => (string?)item!["id"]).ShouldBe([sync]);
        await RefusedAsync(await me.SendAsync(HttpMethod.Post, "/api/emails/sync", new { accountId = id, since }), HttpStatusCode.Conflict);

        var otherUser = await app.Edge.NewUserAsync();
        await RefusedAsync(await otherUser.SendAsync(HttpMethod.Get, $"/api/emails/sync/{sync}"), HttpStatusCode.NotFound);
        await RefusedAsync(await otherUser.SendAsync(HttpMethod.Delete, $"/api/emails/sync/{sync}"), HttpStatusCode.NotFound);
        (await me.SendAsync(HttpMethod.Delete, $"/api/emails/sync/{sync}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await RefusedAsync(await me.SendAsync(HttpMethod.Delete, $"/api/emails/sync/{sync}"), HttpStatusCode.Conflict);
        ((string?)(await me.GetAsync($"/api/emails/sync/{sync}"))["state"]).ShouldBe("cancelled");
    }

    [Fact]
    public async Task A_mail_is_asked_to_be_tracked_and_what_comes_of_it_is_shown()
    {
        var me = await app.Edge.NewUserAsync();
        var id = await _owner.ConnectAsync(me, await _owner.NewMailboxAsync());

        var asked = await me.PostAsync("/api/emails/track", new { accountId = id, messageId = "<nobody@nowhere.test>" }, HttpStatusCode.Accepted);
        ((string?)asked["state"]).ShouldBe("queued");

        var shown = await me.GetAsync($"/api/emails/track/{(string)asked["id"]!}");
        ((string?)shown["messageId"]).ShouldBe("<nobody@nowhere.test>");
        await RefusedAsync(
            await me.SendAsync(HttpMethod.Post, "/api/emails/track", new { accountId = id, messageId = "<nobody" }), HttpStatusCode.BadRequest);
        var otherUser = await app.Edge.NewUserAsync();
        await RefusedAsync(await otherUser.SendAsync(HttpMethod.Get, $"/api/emails/track/{(string)asked["id"]!}"), HttpStatusCode.NotFound);
        await RefusedAsync(
            await otherUser.SendAsync(HttpMethod.Post, "/api/emails/track", new { accountId = id, messageId = "m" }), HttpStatusCode.NotFound);
    }

    private static async Task<JsonNode> PatchAsync(EdgeClient user, string path, object body) =>
        await EdgeClient.ReadAsync(await user.SendAsync(HttpMethod.Patch, path, body), HttpStatusCode.OK);

    private static async Task<JsonNode> RefusedAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var problem = await EdgeClient.ReadAsync(response, expected);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        return problem;
    }
}
