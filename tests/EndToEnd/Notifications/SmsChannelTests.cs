using System.Net;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Notifications;

/// <summary>A notification goes out as a text.</summary>
public sealed class SmsChannelTests(ApplicationFixture app) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await app.Simulator.HealAsync();

    [Fact]
    public async Task A_notification_is_sent_by_twilio_and_delivered_by_its_callback()
    {
        var me = await app.Edge.NewUserAsync();

        var id = await SendAsync(me, "+15550118001", "By text");

        await me.NotificationAsync("By text", "delivered");
        var text = (await app.Simulator.TextsToAsync("+15550118001")).ShouldHaveSingleItem();
        ((string)text["body"]!).ShouldBe("By text");
        var detail = await me.GetAsync($"/api/notifications/{id}");
        ((string?)detail["providerMessageId"]).ShouldBe((string?)text["sid"]);
    }

    [Fact]
    public async Task When_the_answer_is_lost_after_twilio_took_it_the_sms_is_not_sent_twice()
    {
        var me = await app.Edge.NewUserAsync();
        await app.Simulator.FailAsync(new { provider = "twilio", mode = "accept-then-reset", count = 1, containing = "15550118002" });

        await SendAsync(me, "+15550118002", "Only one text");

        await me.NotificationAsync("Only one text", "delivered");
        (await app.Simulator.TextsToAsync("+15550118002")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task After_two_errors_of_twilio_an_sms_is_delivered_on_its_third_attempt()
    {
        var me = await app.Edge.NewUserAsync();
        await app.Simulator.FailAsync(new { provider = "twilio", status = 500, count = 2, containing = "15550118003" });

        var id = await SendAsync(me, "+15550118003", "Third text");

        await me.NotificationAsync("Third text", "delivered");
        var attempts = (await me.GetAsync($"/api/notifications/{id}"))["attempts"]!.AsArray();
        attempts.Select(attempt => (string?)attempt!["outcome"]).ShouldBe(["transient", "transient", "sent"]);
    }

    [Fact]
    public async Task Who_says_stop_gets_no_more_sms_until_start()
    {
        var me = await app.Edge.NewUserAsync();
        await app.Simulator.ReceiveTextAsync(new { from = "+15550118004", body = "STOP" });

        await SendAsync(me, "+15550118004", "Unwanted");
        var refused = await me.NotificationAsync("Unwanted", "failed");
        ((string?)(await me.GetAsync($"/api/notifications/{refused["id"]}"))["error"]).ShouldNotBeNull().ShouldContain("STOP");
        (await app.Simulator.TextsToAsync("+15550118004")).ShouldNotContain(text => (string)text["body"]! == "Unwanted");

        await app.Simulator.ReceiveTextAsync(new { from = "+15550118004", body = "START" });
        await SendAsync(me, "+15550118004", "Wanted again");
        await me.NotificationAsync("Wanted again", "delivered");
    }

    private static async Task<string> SendAsync(EdgeClient me, string recipient, string body)
    {
        var created = await me.PostAsync("/api/notifications", new { channel = "sms", recipient, body, priority = "critical" }, HttpStatusCode.Accepted);
        return (string)created["id"]!;
    }
}
