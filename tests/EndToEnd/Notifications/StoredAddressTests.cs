using System.Net;
using System.Text.Json.Nodes;
using Aspire.Hosting.Testing;
using Npgsql;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Notifications;

/// <summary>Notifications reach devices, browsers and chats, each by its own service; what is dead is turned off.</summary>
public sealed class StoredAddressTests(ApplicationFixture app) : IAsyncDisposable
{
    private const string Content = """{"subject":"Invoice 42","data":{"order":"7"}}""";

    public async ValueTask DisposeAsync() => await app.Simulator.HealAsync();

    [Fact]
    public async Task A_push_reaches_a_device_by_fcm_and_by_apns_and_a_browser_that_subscribed_with_our_key()
    {
        var me = await app.Edge.NewUserAsync();
        var key = (string)(await me.GetAsync("/api/push/vapid-key"))["publicKey"]!;
        ((string)(await me.GetAsync("/api/push/vapid-key"))["publicKey"]!).ShouldBe(key);
        var browser = await app.Simulator.PostAsync("/_sim/push/subscriptions", new { applicationServerKey = key });

        await SendAsync(me, "push", "fcm", "fcm-device-1", "By FCM");
        await SendAsync(me, "push", "apns", "a1b2c3", "By APNs");
        await SendAsync(me, "push", "web", browser.ToJsonString(), "By web push");

        foreach (var (to, body) in new[] { ("fcm-device-1", "By FCM"), ("a1b2c3", "By APNs"), ((string)browser["id"]!, "By web push") })
        {
            var sent = await me.NotificationAsync(body, "sent");
            var message = (await PushesToAsync(to)).ShouldHaveSingleItem()!;
            ((string)message["title"]!, (string)message["body"]!, (string)message["data"]!["order"]!).ShouldBe(("Invoice 42", body, "7"));
            ((string)message["data"]!["notificationId"]!).ShouldBe((string)sent["id"]!);
        }
    }

    [Fact]
    public async Task A_device_whose_app_is_gone_is_turned_off_and_the_notification_fails_with_the_reason()
    {
        var me = await app.Edge.NewUserAsync();
        await app.Simulator.PostAsync("/_sim/push/tokens/fcm-device-2", new { dead = true });

        var address = await SendAsync(me, "push", "fcm", "fcm-device-2", "To nobody");

        var failed = await me.NotificationAsync("To nobody", "failed");
        ((string?)(await me.GetAsync($"/api/notifications/{failed["id"]}"))["error"]).ShouldNotBeNull().ShouldContain("UNREGISTERED");
        (await DisabledReasonAsync(address)).ShouldNotBeNull().ShouldContain("UNREGISTERED");
        (await PushesToAsync("fcm-device-2")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_reaches_slack_discord_and_teams_and_a_webhook_that_is_gone_is_turned_off()
    {
        var me = await app.Edge.NewUserAsync();
        var simulator = app.App.GetEndpoint("simulator", "http").GetLeftPart(UriPartial.Authority);
        await app.Simulator.FailAsync(new { provider = "slack", status = 410, containing = "/T1/B2/" });

        await SendAsync(me, "chat", "slack", $"{simulator}/slack/services/T1/B1/x", "By Slack");
        await SendAsync(me, "chat", "discord", $"{simulator}/discord/api/webhooks/1/x", "By Discord");
        await SendAsync(me, "chat", "teams", $"{simulator}/teams/workflows/w1/triggers/manual/paths/invoke?sig=x", "By Teams");
        var gone = await SendAsync(me, "chat", "slack", $"{simulator}/slack/services/T1/B2/x", "To an archive");

        foreach (var (service, body) in new[] { ("slack", "By Slack"), ("discord", "By Discord"), ("teams", "By Teams") })
        {
            await me.NotificationAsync(body, "sent");
            var page = await app.Simulator.GetAsync($"/_sim/chat/messages?service={service}&q={Uri.EscapeDataString(body)}");
            ((string)page["items"]!.AsArray().ShouldHaveSingleItem()!["text"]!).ShouldContain("Invoice 42");
        }

        await me.NotificationAsync("To an archive", "failed");
        (await DisabledReasonAsync(gone)).ShouldBe("Slack answered HTTP 410: channel_is_archived.");
    }

    private async Task<JsonArray> PushesToAsync(string to) =>
        (await app.Simulator.GetAsync($"/_sim/push/messages?to={Uri.EscapeDataString(to)}"))["items"]!.AsArray();

    // a notification of the plain form that waits, pointed to the address of a recipient, and then due
    private async Task<Guid> SendAsync(EdgeClient me, string channel, string service, string value, string body)
    {
        var waiting = await me.PostAsync(
            "/api/notifications",
            new { channel = "sms", recipient = "+15550118010", body, sendAt = TimeProvider.System.GetUtcNow().AddHours(1) },
            HttpStatusCode.Accepted);
        var address = Guid.CreateVersion7();
        await using var database = await app.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(
            """
            WITH pointed AS (
                UPDATE notifications SET channel = $2, recipient = $3::text, content = $4::jsonb, send_at = NULL
                WHERE id = $1
                RETURNING user_id
            ), recipient AS (
                INSERT INTO recipients (id, user_id, external_id, created_at, updated_at)
                SELECT $3, user_id, $3::text, now(), now() FROM pointed
                RETURNING id, user_id
            ), address AS (
                INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, service, address, fingerprint, created_at)
                SELECT $3, user_id, id, $2, $5, $6, sha256(convert_to($6, 'UTF8')), now() FROM recipient
            )
            UPDATE scheduled_jobs SET due_at = now() WHERE id = $1
            """,
            database);
        foreach (var parameter in new object[] { Guid.Parse((string)waiting["id"]!), channel, address, Content, service, value })
            command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync();
        return address;
    }

    private async Task<string?> DisabledReasonAsync(Guid address)
    {
        await using var database = await app.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand("SELECT disabled_reason FROM recipient_addresses WHERE id = $1", database);
        command.Parameters.Add(new() { Value = address });
        return await command.ExecuteScalarAsync() as string;
    }
}
