using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Switchboard.Core.Notifications;
using Switchboard.Edge.Api.Webhooks.WhatsApp;

namespace Switchboard.Tests.Unit.Webhooks;

public sealed class WhatsAppWebhookTests
{
    private const string Secret = "app-secret";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"entry": []}""");
    private static readonly string Signature =
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Body));

    [Fact]
    public void A_body_signed_with_the_secret_is_let_in() =>
        Signs(Signature, Body, Secret).ShouldBeTrue();

    [Fact]
    public void Another_body_or_another_secret_is_not()
    {
        Signs(Signature, "{}"u8.ToArray(), Secret).ShouldBeFalse();
        Signs(Signature, Body, "another").ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData("sha256=00")]
    [InlineData("sha1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256=zz00000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_signature_is_not(string? header) =>
        Signs(header, Body, Secret).ShouldBeFalse();

    [Fact]
    public void A_callback_says_what_became_of_each_message()
    {
        var notification = Guid.CreateVersion7();
        var callback = Read(
            $$$"""
            {"object": "whatsapp_business_account", "entry": [null, {"changes": [{"value": {"statuses": [
                {"id": "wamid.1", "status": "delivered", "timestamp": "1700000000", "biz_opaque_callback_data": "{{{notification}}}"},
                {"id": "wamid.2", "status": "failed", "timestamp": 1700000001, "errors": [{"code": 131026, "title": "Undeliverable",
                    "error_data": {"details": "Not on WhatsApp"}}]},
                {"id": "wamid.3", "status": "deleted", "timestamp": "1700000000"},
                {"id": "wamid.4", "status": "read", "timestamp": "1700000002", "biz_opaque_callback_data": "not ours"}
            ]}}, {"value": {"messages": [{}]}}]}]}
            """);

        callback.Updates.ShouldBe(
        [
            new DeliveryStatusUpdate("wamid.1", notification, DeliveryStatus.Delivered, At(999)),
            new DeliveryStatusUpdate("wamid.2", null, DeliveryStatus.Failed, At(1_999), "131026 Undeliverable: Not on WhatsApp"),
            new DeliveryStatusUpdate("wamid.4", null, DeliveryStatus.Read, At(2_100)),
        ]);
    }

    // what the callback tells in whole seconds happened within that second, and not after it came
    private static DateTimeOffset At(int milliseconds) => DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddMilliseconds(milliseconds);

    private static bool Signs(string? header, byte[] body, string secret) =>
        HubSignature.Read(header) is { } signature && HubSignature.Signs(signature, new ReadOnlySequence<byte>(body), secret);

    [Fact]
    public void A_long_reason_is_cut_and_never_within_a_letter() =>
        Read(
            $$$"""
            {"entry": [{"changes": [{"value": {"statuses": [
                {"id": "wamid.1", "status": "failed", "errors": [{"title": "{{{new string('x', 999)}}}🦊🦊"}]}]}}]}]}
            """).Updates.ShouldHaveSingleItem().Error.ShouldBe(new string('x', 999) + "…");

    private static WhatsAppCallback Read(string json) => WhatsAppCallback.Read(new(Encoding.UTF8.GetBytes(json)), receivedAt: At(2_100));
}
