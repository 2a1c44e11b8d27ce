using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Aspire.Hosting.Testing;
using Dapper;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Notifications;

/// <summary>One call says what happened and to whom; channels, times and preferences are the recipients'.</summary>
public sealed class NotifyTests(ApplicationFixture app) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await app.Simulator.HealAsync();

    [Fact]
    public async Task One_call_reaches_a_recipient_over_each_channel_and_says_what_became_of_it()
    {
        var me = await app.Edge.NewUserAsync();
        var (ann, text) = ("+15550119001", $"Shipped {Guid.CreateVersion7():n}");
        await AddRecipientAsync(me, "ann", ann);
        await AddRecipientAsync(me, "bob", "+15550119002");
        await me.PostAsync("/api/topics", new { name = "orders" }, HttpStatusCode.Created);
        await me.PostAsync("/api/topics/orders/members", new { recipients = new[] { "ann", "bob" } }, HttpStatusCode.OK);
        (await me.SendAsync(HttpMethod.Put, "/api/recipients/bob/preferences", new { preferences = Map("*", Map("sms", false)) })).Dispose();

        var body = new
        {
            to = new object[] { "ann", new { topic = "orders" }, "nobody" },
            content = new { subject = "Your order", body = text },
            channels = new[] { "sms", "whatsapp", "inbox" },
            dedupKey = "order-1",
        };
        var id = (string)(await me.PostAsync("/api/notify", body, HttpStatusCode.Accepted))["id"]!;
        ((string)(await me.PostAsync("/api/notify", body, HttpStatusCode.Accepted))["id"]!).ShouldBe(id);

        var result = await Eventually.SeesAsync(
            () => me.GetAsync($"/api/notify/{id}"), all => (long?)all["counts"]?["delivered"] == 5 && all["plannedAt"] is not null, "five deliveries");
        result["recipients"]!.AsArray().ToDictionary(one => (string)one!["recipient"]!, one => string.Join(' ', one!["deliveries"]!.AsArray()
            .Select(delivery => $"{delivery!["channel"]}:{delivery["state"]}:{delivery["reason"]}").Order(StringComparer.Ordinal)))
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["ann"] = "inbox:delivered: sms:delivered: whatsapp:delivered:",
                    ["bob"] = "inbox:delivered: sms:skipped:preference whatsapp:delivered:",
                    ["nobody"] = ":skipped:unknown-recipient",
                },
                ignoreOrder: true);
        (await app.Simulator.TextsToAsync(ann)).Where(sms => (string)sms["body"]! == text).ShouldHaveSingleItem();
        (await app.Simulator.MessagesAsync(text)).Count.ShouldBe(2);
        (await me.NotificationsAsync($"&notifyId={id}")).Count.ShouldBe(5);
        (await me.NotificationsAsync("&recipient=bob")).Count.ShouldBe(2);
        ((string)(await me.GetAsync("/api/notify"))["items"]!.AsArray().ShouldHaveSingleItem()!["id"]!).ShouldBe(id);
    }

    [Fact]
    public async Task One_call_over_five_channels_is_five_deliveries_one_trace_and_one_result()
    {
        var me = await app.Edge.NewUserAsync();
        var (name, number, text) = ($"five-{Guid.CreateVersion7():n}", "+15550119006", $"Five {Guid.CreateVersion7():n}");
        var url = $"{app.App.GetEndpoint("simulator", "http")}_sim/webhooks/{name}";
        var endpoint = await me.PostAsync("/api/webhook-endpoints", new { url, events = new[] { "notification.message" } }, HttpStatusCode.Created);
        var (email, token) = ($"{name}@contoso.test", $"{name}:fcm");
        await me.PostAsync("/api/recipients", new { id = "ann", email, phone = number, push = new[] { new { service = "fcm", token } } }, HttpStatusCode.Created);
        var trace = ActivityTraceId.CreateRandom();

        var id = (string)(await me.PostAsync(
            "/api/notify",
            new
            {
                to = new[] { "ann" },
                content = new { subject = "Your order", body = text },
                channels = new[] { "email", "sms", "push", "inbox", "webhook" },
            },
            HttpStatusCode.Accepted,
            ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01")))["id"]!;

        var result = await Eventually.SeesAsync(
            () => me.GetAsync($"/api/notify/{id}"),
            all => all["recipients"] is JsonArray { Count: 1 } && all["recipients"]![0]!["deliveries"]!.AsArray().All(IsThrough), "five deliveries");
        result["recipients"]![0]!["deliveries"]!.AsArray().Select(one => (string)one!["channel"]!).Order(StringComparer.Ordinal)
            .ShouldBe(["email", "inbox", "push", "sms", "webhook"]);

        var mail = (await app.Simulator.GetAsync($"/_sim/smtp/messages?to={email}"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)mail["subject"]!).ShouldBe("Your order");
        ((string)mail["headers"]!["List-Unsubscribe-Post"]!).ShouldBe("List-Unsubscribe=One-Click");
        (await app.Simulator.TextsToAsync(number)).Where(sms => ((string)sms["body"]!).Contains(text, StringComparison.Ordinal)).ShouldHaveSingleItem();
        (await app.Simulator.GetAsync($"/_sim/push/messages?to={Uri.EscapeDataString(token)}"))["items"]!.AsArray().ShouldHaveSingleItem();
        var posted = (await app.Simulator.GetAsync($"/_sim/webhooks/{name}"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        OutgoingWebhookTests.IsSigned(posted, (string)endpoint["secret"]!).ShouldBeTrue();
        ((string)posted["headers"]!["traceparent"]!).ShouldContain(trace.ToString());
    }

    // nobody tells of the delivery of a mail or a push message
    private static bool IsThrough(JsonNode? delivery) =>
        (string)delivery!["state"]! is "delivered" || ((string)delivery["state"]! == "sent" && (string)delivery["channel"]! is "email" or "push");

    [Fact]
    public async Task Whatsapp_fails_for_good_and_an_sms_goes_in_its_place()
    {
        var me = await app.Edge.NewUserAsync();
        const string Number = "+15550119003";
        await AddRecipientAsync(me, "ann", Number);
        await app.Simulator.FailAsync(new { provider = "whatsapp", status = 400, count = 1, containing = Number[1..] });

        var id = await NotifyAsync(me, new
        {
            to = new[] { "ann" },
            content = new { body = "In turn" },
            fallback = new { channels = new[] { "whatsapp", "sms" }, afterMinutes = 10 },
        });

        var result = await Eventually.SeesAsync(() => me.GetAsync($"/api/notify/{id}"), StateIs("delivered"), "a delivery by SMS");
        result["recipients"]![0]!["deliveries"]!.AsArray().Select(one => $"{one!["channel"]} {one["state"]}").ShouldBe(["whatsapp failed", "sms delivered"]);
        (await app.Simulator.TextsToAsync(Number)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_is_held_and_what_is_gathered_is_released_once_though_dispatch_dies_in_between()
    {
        var me = await app.Edge.NewUserAsync();
        var (held, gathered) = ($"held {Guid.CreateVersion7():n}", $"gathered {Guid.CreateVersion7():n}");
        await AddRecipientAsync(me, "ann", "+15550119004");
        await AddRecipientAsync(me, "bob", "+15550119005");
        var hour = TimeProvider.System.GetUtcNow().UtcDateTime;
        (await me.SendAsync(HttpMethod.Put, "/api/recipients/ann/preferences", new
        {
            quietHours = new[] { new { from = $"{hour.AddHours(-2):HH:mm}", to = $"{hour.AddHours(2):HH:mm}" } },
        })).Dispose();
        (await me.SendAsync(HttpMethod.Put, "/api/categories/hourly", new { digest = new { mode = "fixed", minutes = 60 } })).Dispose();
        var quiet = await NotifyAsync(me, new { to = new[] { "ann" }, content = new { body = held }, channels = new[] { "whatsapp" } });
        var digest = "";
        for (var number = 1; number <= 3; number++)
            digest = await NotifyAsync(
                me, new { to = new[] { "bob" }, category = "hourly", content = new { body = $"{gathered} {number}" }, channels = new[] { "whatsapp" } });
        await Eventually.SeesAsync(() => me.GetAsync($"/api/notify/{quiet}"), StateIs("held"), "it held by quiet hours");
        await Eventually.SeesAsync(() => me.GetAsync($"/api/notify/{digest}"), StateIs("digest"), "it gathered");

        await app.KillAsync("workers-dispatch");
        (await me.SendAsync(HttpMethod.Put, "/api/recipients/ann/preferences", new { quietHours = Array.Empty<object>() })).Dispose();
        await using (var database = await app.OpenDatabaseAsync())
        {
            await database.ExecuteAsync(
                """
                UPDATE notify_digests SET due_at = now() WHERE id IN (SELECT digest_id FROM notify_deliveries WHERE request_id = @digest);
                UPDATE scheduled_jobs SET due_at = now() WHERE type IN ('release-held', 'release-digest')
                """, new { digest = Guid.Parse(digest) });
        }

        await app.StartAsync("workers-dispatch");
        await Eventually.SeesAsync(() => me.GetAsync($"/api/notify/{quiet}"), StateIs("delivered"), "what was held delivered", TimeSpan.FromSeconds(60));
        await Eventually.SeesAsync(() => me.GetAsync($"/api/notify/{digest}"), StateIs("delivered"), "the digest delivered", TimeSpan.FromSeconds(60));

        (await app.Simulator.MessagesAsync(held)).ShouldHaveSingleItem();
        ((string)(await app.Simulator.MessagesAsync(gathered)).ShouldHaveSingleItem()["body"]!)
            .ShouldBe(string.Join("\n\n", Enumerable.Range(1, 3).Select(number => $"{gathered} {number}")));
        (await me.NotificationsAsync()).Count.ShouldBe(2);
    }

    private static async Task<string> NotifyAsync(EdgeClient me, object body) =>
        (string)(await me.PostAsync("/api/notify", body, HttpStatusCode.Accepted))["id"]!;

    private static Func<JsonNode, bool> StateIs(string state) =>
        result => result["recipients"] is JsonArray { Count: 1 } all && (string?)all[0]!["state"] == state;

    private static Dictionary<string, T> Map<T>(string key, T value) => new() { [key] = value };

    private static Task<JsonNode> AddRecipientAsync(EdgeClient me, string id, string number) =>
        me.PostAsync("/api/recipients", new { id, phone = number, whatsapp = number }, HttpStatusCode.Created);
}
