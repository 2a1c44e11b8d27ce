using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Failures;

/// <summary>The provider fails: what passes is tried again, what doesn't is given up, visibly.</summary>
public sealed class RecoveryTests(ApplicationFixture app) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await app.Simulator.HealAsync();

    [Fact]
    public async Task After_two_errors_of_the_provider_a_notification_is_delivered_on_its_third_attempt()
    {
        var me = await app.Edge.NewUserAsync();
        await app.Simulator.FailAsync(new { provider = "whatsapp", status = 500, count = 2, containing = "Third time lucky" });
        var id = await SendAsync(me, "Third time lucky", "critical");

        await me.NotificationAsync("Third time lucky", "delivered", TimeSpan.FromSeconds(30));

        var attempts = (await me.GetAsync($"/api/notifications/{id}"))["attempts"]!.AsArray();
        attempts.Select(attempt => (string?)attempt!["outcome"]).ShouldBe(["transient", "transient", "sent"]);
        attempts.Select(attempt => (int?)attempt!["providerStatus"]).ShouldBe([500, 500, 200]);
    }

    [Fact]
    public async Task What_the_provider_refuses_for_good_is_failed_and_dead_and_delivered_after_a_replay()
    {
        var me = await app.Edge.NewUserAsync();
        await app.Simulator.FailAsync(new { provider = "whatsapp", status = 400, code = 131026, count = 1, containing = "Refused at first" });
        var id = await SendAsync(me, "Refused at first");
        await me.NotificationAsync("Refused at first", "failed");

        var dead = await Eventually.SeesAsync(
            async () => await DeadJobOfAsync(id), job => job is not null, "a dead job of the notification");
        ((string?)dead!["error"]).ShouldNotBeNullOrWhiteSpace();
        await app.Edge.PostAsync($"/api/jobs/{dead["id"]}/replay", null, HttpStatusCode.Accepted);

        await me.NotificationAsync("Refused at first", "delivered");
        (await DeadJobOfAsync(id)).ShouldBeNull();
        (await app.Simulator.MessagesAsync("Refused at first")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_notification_is_sent_again_when_its_user_asks()
    {
        var me = await app.Edge.NewUserAsync();
        await app.Simulator.FailAsync(new { provider = "whatsapp", status = 400, code = 131026, count = 1, containing = "Please retry" });
        var id = await SendAsync(me, "Please retry");
        await me.NotificationAsync("Please retry", "failed");

        await me.PostAsync($"/api/notifications/{id}/retry", null, HttpStatusCode.Accepted);

        await me.NotificationAsync("Please retry", "delivered");
    }

    [Fact]
    public async Task When_the_answer_is_lost_after_the_provider_took_it_the_message_is_not_sent_twice()
    {
        var me = await app.Edge.NewUserAsync();
        await app.Simulator.FailAsync(new { provider = "whatsapp", mode = "accept-then-reset", count = 1, containing = "Only once" });
        await SendAsync(me, "Only once");

        await me.NotificationAsync("Only once", "delivered");
        (await app.Simulator.MessagesAsync("Only once")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_notification_for_later_can_be_cancelled_and_is_never_sent()
    {
        var me = await app.Edge.NewUserAsync();
        var sendAt = TimeProvider.System.GetUtcNow().AddHours(1);
        var created = await me.PostAsync(
            "/api/notifications",
            new { channel = "whatsapp", recipient = "+15550112003", body = "Too early", sendAt },
            HttpStatusCode.Accepted);

        await EdgeClient.ReadAsync(await me.SendAsync(HttpMethod.Post, $"/api/notifications/{created["id"]}/cancel"), HttpStatusCode.OK);

        await me.NotificationAsync("Too early", "cancelled");
        (await me.SendAsync(HttpMethod.Post, $"/api/notifications/{created["id"]}/cancel")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private static async Task<string> SendAsync(EdgeClient me, string body, string priority = "high") =>
        (string)(await me.PostAsync(
            "/api/notifications",
            new { channel = "whatsapp", recipient = "+15550112001", body, priority },
            HttpStatusCode.Accepted))["id"]!;

    private async Task<JsonNode?> DeadJobOfAsync(string notificationId)
    {
        var page = await app.Edge.GetAsync("/api/jobs/dead?limit=100");
        return page["items"]!.AsArray().FirstOrDefault(job => job!.ToJsonString().Contains(notificationId, StringComparison.Ordinal));
    }
}
