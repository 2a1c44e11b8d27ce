using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aspire.Hosting.Testing;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Notifications;

/// <summary>What happens to a notification is posted, signed, to its user's own server.</summary>
public sealed class OutgoingWebhookTests(ApplicationFixture app)
{
    [Fact]
    public async Task Each_step_of_a_notification_is_posted_and_one_that_was_refused_is_tried_again()
    {
        var me = await app.Edge.NewUserAsync();
        var name = $"steps-{Guid.CreateVersion7():n}";
        var url = $"{app.App.GetEndpoint("simulator", "http")}_sim/webhooks/{name}";
        var endpoint = await me.PostAsync("/api/webhook-endpoints", new { url, events = new[] { "notification.*" } }, HttpStatusCode.Created);
        await app.Simulator.PostAsync($"/_sim/webhooks/{name}/answer", new { status = 500 });

        await me.PostAsync("/api/notifications", new { channel = "whatsapp", recipient = "+15550118101", body = "Steps" }, HttpStatusCode.Accepted);
        await me.NotificationAsync("Steps", "delivered");
        await SeesAsync(name, items => TypesOf(items).Count == 3);
        await app.Simulator.PostAsync($"/_sim/webhooks/{name}/answer", new { status = 204 });

        // the second attempts come after five seconds
        var items = await SeesAsync(name, items => items.GroupBy(item => (string)item["id"]!).Count(same => same.Count() == 2) == 3);
        TypesOf(items).ShouldBe(["notification.created", "notification.delivered", "notification.sent"], ignoreOrder: true);
        items.ShouldAllBe(item => IsSigned(item, (string)endpoint["secret"]!));
        var deliveries = (await Eventually.SeesAsync(
            () => me.GetAsync($"/api/webhook-endpoints/{endpoint["id"]}/deliveries?state=delivered"),
            page => page["items"]!.AsArray().Count == 3, "three deliveries"))["items"]!.AsArray();
        deliveries.SelectMany(delivery => delivery!["attempts"]!.AsArray()).Select(attempt => (int)attempt!["status"]!).Order()
            .ShouldBe([204, 204, 204, 500, 500, 500]);
    }

    private Task<IReadOnlyList<JsonNode>> SeesAsync(string name, Func<IReadOnlyList<JsonNode>, bool> isSo) => Eventually.SeesAsync(
        async () => (IReadOnlyList<JsonNode>)[.. (await app.Simulator.GetAsync($"/_sim/webhooks/{name}"))["items"]!.AsArray().Select(item => item!)],
        isSo, "the webhooks");

    private static IReadOnlyList<string> TypesOf(IEnumerable<JsonNode> items) =>
        [.. items.Select(item => (string)JsonNode.Parse((string)item["body"]!)!["type"]!).Distinct()];

    /// <summary>Whether a webhook that the simulator took is signed as Standard Webhooks has it.</summary>
    public static bool IsSigned(JsonNode item, string secret)
    {
        var headers = item["headers"]!;
        var signed = $"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{item["body"]}";
        var hash = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes(signed));
        return (string)headers["webhook-signature"]! == $"v1,{Convert.ToBase64String(hash)}";
    }
}
