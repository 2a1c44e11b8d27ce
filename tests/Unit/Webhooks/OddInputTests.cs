using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FastEndpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications;
using Switchboard.Edge.Api.Webhooks;
using Switchboard.Edge.Api.Webhooks.Gmail;
using Switchboard.Edge.Api.Webhooks.Graph;
using Switchboard.Edge.Api.Webhooks.Twilio;
using Switchboard.Edge.Api.Webhooks.WhatsApp;

namespace Switchboard.Tests.Unit.Webhooks;

/// <summary>What providers send that their references do not describe.</summary>
public sealed class OddInputTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private WebhookMetrics Metrics => new(_services.GetRequiredService<IMeterFactory>());

    [Fact]
    public void An_odd_field_of_a_whatsapp_status_costs_at_most_its_status()
    {
        var callback = WhatsAppCallback.Read(
            Bytes("""
            {"entry": [7, {"changes": "none"}, {"changes": [{"value": {"statuses": [
                {"id": "wamid.1", "status": "delivered", "timestamp": ""},
                {"id": "wamid.2", "status": "failed", "timestamp": "1700000000", "errors": [{"code": null, "title": "Undeliverable"}]},
                {"id": "wamid.3", "status": "failed", "timestamp": "1700000000", "errors": [{"code": 131026, "title": 5, "error_data": "Not on it"}]},
                {"id": {"is": "none"}, "status": "read", "timestamp": "1700000000"},
                "a status",
                {"id": "wamid.4", "status": "read", "timestamp": null}
            ]}}]}]}
            """), Now);

        callback.Updates.Select(update => (update.ProviderMessageId, update.Status)).ShouldBe(
        [
            ("wamid.1", DeliveryStatus.Delivered), ("wamid.2", DeliveryStatus.Failed), ("wamid.3", DeliveryStatus.Failed), ("wamid.4", DeliveryStatus.Read),
        ]);
        callback.Updates.Select(update => update.Error).ShouldBe([null, "Undeliverable", "131026: Not on it", null]);
        callback.Updates[0].At.ShouldBe(Now, "a time that is none is that of the callback");
        callback.Unreadable.ShouldBe(2);
    }

    [Fact]
    public void An_odd_item_of_a_graph_notification_costs_that_item_alone()
    {
        var items = GraphNotification.Read(Bytes(
            """
            {"value": [
                {"subscriptionId": "s", "clientState": "ours", "resourceData": {"id": "m1"}},
                5,
                {"subscriptionId": 7, "clientState": "ours", "resourceData": {"id": "m2"}},
                {"subscriptionId": "s", "clientState": "ours", "resourceData": "none", "resource": "Users/u/Messages/m3"},
                {"subscriptionId": "s", "clientState": "ours", "lifecycleEvent": null, "resourceData": {"id": "m4", "\ud83d": 1}}
            ]}
            """)).Value!;

        var reading = GraphNotificationReader.Read(items, new GraphClientState(Options.Create(new GraphWebhookOptions { ClientState = "ours" })));

        reading.Changes.Select(change => change.MessageId).ShouldBe(["m1", "m3", "m4"]);
        (reading.Rejected, reading.Unreadable).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("18446744073709551615")]
    [InlineData("\"18446744073709551615\"")]
    public void A_history_id_of_gmail_is_unsigned(string historyId) =>
        string.Create(CultureInfo.InvariantCulture, $"{Change($$"""{"emailAddress": "a@b.test", "historyId": {{historyId}}}""")?.HistoryId}")
            .ShouldBe("18446744073709551615");

    [Fact]
    public void A_push_of_gmail_about_what_can_be_no_mailbox_is_not_understood()
    {
        Change("""{"emailAddress": "a\u0000@b.test", "historyId": 7}""").ShouldBeNull();
        Change($$"""{"emailAddress": "{{new string('a', 320)}}@b.test", "historyId": 7}""").ShouldBeNull();
    }

    [Fact]
    public void What_whatsapp_says_is_no_longer_than_what_is_kept_of_it()
    {
        var callback = WhatsAppCallback.Read(
            Bytes($$$"""
            {"entry": [{"changes": [{"value": {"statuses": [
                {"id": "{{{new string('i', 3_000)}}}", "status": "read"},
                {"id": "wamid.1", "status": "failed", "errors": [{"code": 1, "title": "{{{new string('t', 100_000)}}}"}]}
            ]}}]}]}
            """), Now);

        callback.Unreadable.ShouldBe(1);
        callback.Updates.ShouldHaveSingleItem().Error!.Length.ShouldBe(1_000);
    }

    [Theory]
    [InlineData("SUPPORT", "SUPPORT")]
    [InlineData("whatsapp%3A%2B5215512345678", "whatsapp:+5215512345678")]
    [InlineData("+15550100001", " 15550100001")]
    [InlineData("", "")]
    [InlineData("%2B1", "+1")]
    [InlineData("a%00b", "a\0b")]
    public void A_sender_is_taken_as_it_came_whatever_it_is(string from, string expected)
    {
        var (sms, errors) = SmsRequest.Read(
            TwilioParameters.Of(FormBody.Parse(Encoding.ASCII.GetBytes($"MessageSid=SM1&From={from}&To=%2B15550100099&Body=Hello"))), Now);

        errors.ShouldBeEmpty();
        sms.ShouldNotBeNull().From.ShouldBe(expected);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_in_json_is_the_replacement_character() =>
        TwilioParameters.Of(new ReadOnlySequence<byte>("""{"Body": "a\ud83d b \ud83d\udc4b \udc4b"}"""u8.ToArray()))["Body"].ShouldBe("a\uFFFD b 👋 \uFFFD");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("not base64, but as long as it")]
    public async Task A_body_of_twilio_without_a_signature_is_not_read(string? signature)
    {
        var context = Context(new UnreadableBody(), "application/x-www-form-urlencoded");
        if (signature is not null)
            context.Request.Headers[TwilioSignature.Header] = signature;

        var (parameters, refusal) = await Twilio().ReadAsync(context, default);

        parameters.ShouldBeNull();
        refusal.ShouldNotBeNull().StatusCode.ShouldBe(403);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256=00")]
    [InlineData("sha1=0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_body_of_whatsapp_without_a_signature_is_not_read(string? signature)
    {
        var endpoint = Factory.Create<ReceiveWhatsAppCallback>(
            context =>
            {
                context.Request.Body = new UnreadableBody();
                if (signature is not null)
                    context.Request.Headers[HubSignature.Header] = signature;
            },
            Options.Create(new WhatsAppWebhookOptions { AppSecret = "s", VerifyToken = "t" }), null!, TimeProvider.System, Metrics);

        ((ProblemHttpResult)(await endpoint.ExecuteAsync(default)).Result).StatusCode.ShouldBe(401);
    }

    [Fact]
    public async Task A_form_of_more_than_200_fields_or_64_KiB_is_refused()
    {
        (await TwilioStatusAsync(string.Join('&', Enumerable.Range(0, 200).Select(field => $"f{field:000}=1")))).ShouldBe(200);
        (await TwilioStatusAsync(string.Join('&', Enumerable.Range(0, 201).Select(field => $"f{field:000}=1")))).ShouldBe(400);
        (await TwilioStatusAsync("a=" + new string('x', 64 * 1024 - 2))).ShouldBe(200);
        (await TwilioStatusAsync("a=" + new string('x', 64 * 1024 - 1))).ShouldBe(413);
    }

    [Theory]
    [InlineData(3 * 1024 * 1024, 401)]
    [InlineData((3 * 1024 * 1024) + 1, 413)]
    public async Task A_callback_of_whatsapp_is_at_most_3_MiB_long(int length, int status)
    {
        var endpoint = Factory.Create<ReceiveWhatsAppCallback>(
            context =>
            {
                context.Request.Body = new MemoryStream(new byte[length]);
                context.Request.Headers[HubSignature.Header] = $"sha256={new string('0', 64)}";
            },
            Options.Create(new WhatsAppWebhookOptions { AppSecret = "s", VerifyToken = "t" }), null!, TimeProvider.System, Metrics);

        ((ProblemHttpResult)(await endpoint.ExecuteAsync(default)).Result).StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData(1_000, 403)]
    [InlineData(1_001, 400)]
    // large, and nowhere in it what would show who sent it: not taken apart
    [InlineData(300_000, 403)]
    [InlineData(400_000, 413)]
    public async Task A_notification_of_graph_has_at_most_1000_items_and_is_at_most_1_MiB_long(int items, int status)
    {
        var body = $$"""{"value":[{{string.Join(',', Enumerable.Repeat("{}", items))}}]}""";
        var endpoint = Factory.Create<ReceiveGraphNotification>(
            context => context.Request.Body = new MemoryStream(Encoding.ASCII.GetBytes(body)),
            new GraphClientState(Options.Create(new GraphWebhookOptions { ClientState = "ours" })), null!, Metrics, TimeProvider.System);

        ((ProblemHttpResult)(await endpoint.ExecuteAsync(default)).Result).StatusCode.ShouldBe(status);
    }

    public void Dispose() => _services.Dispose();

    private static GmailChange? Change(string data) =>
        GmailChange.Read(Bytes($$$"""{"message": {"data": "{{{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(data))}}}"}}"""));

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private TwilioRequests Twilio() => new(
        Options.Create(new TwilioWebhookOptions { AccountSid = "ACdemo", AuthToken = "token", PublicBaseUrl = "https://public.test" }), Metrics);

    // signed as Twilio would: 200 when it is taken
    private async Task<int> TwilioStatusAsync(string form)
    {
        var context = Context(new MemoryStream(Encoding.ASCII.GetBytes(form)), "application/x-www-form-urlencoded");
        var fields = string.Concat(form.Split('&').Order(StringComparer.Ordinal).Select(field => field.Replace("=", "", StringComparison.Ordinal)));
#pragma warning disable CA5350 // the provider's choice
        context.Request.Headers[TwilioSignature.Header] = Convert.ToBase64String(
            HMACSHA1.HashData("token"u8, Encoding.UTF8.GetBytes("https://public.test/api/sms/webhook" + fields)));
#pragma warning restore CA5350
        var (_, refusal) = await Twilio().ReadAsync(context, default);
        return refusal?.StatusCode ?? 200;
    }

    private static DefaultHttpContext Context(Stream body, string contentType)
    {
        var context = new DefaultHttpContext();
        (context.Request.Scheme, context.Request.Host, context.Request.Path) = ("http", new("10.0.0.7"), "/api/sms/webhook");
        (context.Request.ContentType, context.Request.Body) = (contentType, body);
        return context;
    }

    private sealed class UnreadableBody : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("The body was read.");
    }
}
