using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Core.Events;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Webhooks;

namespace Switchboard.Tests.Unit.Notifications.Webhooks;

public sealed class WebhookEventsTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 12, 0, 0, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("*", "anything.at.all", true)]
    [InlineData("notification.*", "notification.delivered", true)]
    [InlineData("notification.*", "notification", false)]
    [InlineData("notification.*", "notifications.delivered", false)]
    [InlineData("email.*", "notification.delivered", false)]
    [InlineData("email.replied", "email.replied", true)]
    [InlineData("email.replied", "email.replied.twice", false)]
    [InlineData("post.account.*", "post.account.revoked", true)]
    [InlineData("post.account.*", "post.published", false)]
    public void A_pattern_means_a_type_or_all_below_a_name(string pattern, string type, bool takes) =>
        WebhookEvents.Take(["x.y", pattern], type).ShouldBe(takes);

    [Theory]
    [InlineData("*", true)]
    [InlineData("email.*", true)]
    [InlineData("webhook_endpoint.disabled", true)]
    [InlineData("email", false)]
    [InlineData("email*", false)]
    [InlineData("*.replied", false)]
    [InlineData("email.*.x", false)]
    [InlineData(".*", false)]
    [InlineData("Email.*", false)]
    [InlineData("email.replied ", false)]
    [InlineData("email.replied\n", false)]
    [InlineData("", false)]
    public void Patterns_have_a_form(string pattern, bool isOne) => WebhookEvents.IsPattern(pattern).ShouldBe(isOne);

    [Fact]
    public void An_event_says_its_type_when_and_of_what()
    {
        var (user, subject) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        WebhookPayload.Of(EventRecord.Of(NotificationEvents.Delivered, user, subject, "sms", At, 120)).ShouldBe(
            $$$"""
            {"type":"notification.delivered","timestamp":"2026-03-02T11:00:00Z","version":1,"data":{"notificationId":"{{{subject}}}","channel":"sms","milliseconds":120}}
            """);
        WebhookPayload.Of(EventRecord.Of("post.published", user, subject, "bluesky", At)).ShouldBe(
            $$$"""
            {"type":"post.published","timestamp":"2026-03-02T11:00:00Z","version":1,"data":{"postId":"{{{subject}}}","platform":"bluesky"}}
            """);
    }

    [Theory]
    [InlineData("x", 8_000)]
    [InlineData("漢", 8_000)]
    [InlineData("😀", 4_000)]
    [InlineData("\"", 8_000)]
    [InlineData("\u0001", 8_000)]
    public void A_message_is_below_20_kB_whatever_it_says(string letter, int count)
    {
        var text = new StringBuilder().Insert(0, letter, count).ToString();
        var content = new NotificationContent { Subject = text, Data = JsonSerializer.SerializeToElement(new { text }), Category = "default" };

        var payload = WebhookPayload.OfMessage(Guid.CreateVersion7(), At, text, content, null);

        Encoding.UTF8.GetByteCount(payload).ShouldBeLessThanOrEqualTo(WebhookPayload.MaxBytes);
        var data = JsonNode.Parse(payload)!["data"]!;
        text.ShouldStartWith(((string)data["body"]!).TrimEnd('…'));
        (data["isCut"] is not null || (string)data["body"]! == text).ShouldBeTrue();
    }

    [Fact]
    public void A_message_that_fits_is_whole()
    {
        var content = new NotificationContent { Subject = "Title", Data = JsonSerializer.SerializeToElement(new { n = 1 }), Category = "billing" };

        var data = JsonNode.Parse(WebhookPayload.OfMessage(Guid.CreateVersion7(), At, "text", content, Guid.CreateVersion7()))!["data"]!;

        ((string)data["subject"]!, (string)data["body"]!, (int)data["data"]!["n"]!, (string)data["category"]!).ShouldBe(("Title", "text", 1, "billing"));
        data["isCut"].ShouldBeNull();
    }
}
