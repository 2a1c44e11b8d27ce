using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Providers;
using Switchboard.ServiceDefaults.Tracing;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Chat;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class ChatWebhookTests : IAsyncDisposable
{
    private const string Slack = "https://hooks.slack.com/services/T1/B1/s3cret";
    private const string Discord = "https://discord.com/api/webhooks/1/s3cret";
    private const string Teams = "https://prod-1.westeurope.logic.azure.com:443/workflows/w1/triggers/manual/paths/invoke?sig=s3cret";

    private readonly FakeHttp _chat = new();
    private readonly FakeTimeProvider _time = new(new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services;

    public ChatWebhookTests() => _services = Services();

    private ChannelMessage Message => new(
        Guid.Parse("0192f0c1-0000-7000-8000-000000000001"), Guid.Empty, "", "Pay <!channel> & @everyone\n[bank](https://evil.test)",
        _time.GetUtcNow(), new() { Subject = "Invoice 42" });

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Slack_gets_text_that_calls_nobody()
    {
        (await SendAsync("slack", Slack, 200, "ok")).ShouldBe(new SendResult.Accepted(Message.NotificationId.ToString(), 200));

        Posted(Slack, """{"text":"Invoice 42\nPay &lt;!channel&gt; &amp; @everyone\n[bank](https://evil.test)","mrkdwn":false}""");
    }

    [Fact]
    public async Task Discord_is_waited_for_and_mentions_nobody()
    {
        (await SendAsync("discord", Discord, 200, """{"id":"77","content":"…"}""")).ShouldBe(new SendResult.Accepted("77", 200));

        Posted(
            $"{Discord}?wait=true",
            """{"content":"**Invoice 42**\nPay <!channel> & @everyone\n[bank]\\(https://evil.test)","allowed_mentions":{"parse":[]}}""");
    }

    [Fact]
    public async Task Teams_gets_an_adaptive_card()
    {
        (await SendAsync("teams", Teams, 202, "")).ShouldBe(new SendResult.Accepted(Message.NotificationId.ToString(), 202));

        Posted(Teams, """
            {"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{
              "$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[
                {"type":"TextBlock","text":"Invoice 42","size":"Medium","weight":"Bolder","wrap":true},
                {"type":"TextBlock","text":"Pay <!channel> & @everyone\n\n[bank]\\(https://evil.test)","wrap":true}]}}]}
            """);
    }

    [Theory]
    [InlineData("slack", Slack, 400, "invalid_payload", FailureKind.Permanent)]
    [InlineData("slack", Slack, 403, "action_prohibited", FailureKind.NotFound)]
    [InlineData("slack", Slack, 404, "no_service", FailureKind.NotFound)]
    [InlineData("slack", Slack, 410, "channel_is_archived", FailureKind.NotFound)]
    [InlineData("slack", Slack, 429, "", FailureKind.Throttled)]
    [InlineData("slack", Slack, 500, "rollup_error", FailureKind.Transient)]
    [InlineData("slack", Slack, 302, "", FailureKind.Permanent)]
    [InlineData("discord", Discord, 400, """{"message":"Invalid Form Body","code":50035}""", FailureKind.Permanent)]
    [InlineData("discord", Discord, 401, """{"message":"Invalid Webhook Token","code":50027}""", FailureKind.NotFound)]
    [InlineData("discord", Discord, 403, """{"message":"Missing Permissions","code":50013}""", FailureKind.NotFound)]
    [InlineData("discord", Discord, 403, "<html>blocked</html>", FailureKind.Throttled)]
    [InlineData("discord", Discord, 404, """{"message":"Unknown Webhook","code":10015}""", FailureKind.NotFound)]
    [InlineData("discord", Discord, 500, "", FailureKind.Transient)]
    [InlineData("discord", Discord, 504, "", FailureKind.UnknownOutcome)]
    [InlineData("teams", Teams, 400, """{"error":{"code":"InvalidRequestContent","message":"…"}}""", FailureKind.Permanent)]
    [InlineData("teams", Teams, 401, """{"error":{"code":"DirectApiAuthorizationRequired","message":"…"}}""", FailureKind.NotFound)]
    [InlineData("teams", Teams, 404, """{"error":{"code":"WorkflowNotFound","message":"…"}}""", FailureKind.NotFound)]
    [InlineData("teams", Teams, 429, "", FailureKind.Throttled)]
    [InlineData("teams", Teams, 503, "[]", FailureKind.Transient)]
    public async Task Each_refusal_is_told_apart_and_no_error_has_the_address(string service, string address, int status, string body, object kind)
    {
        var failure = (await SendAsync(service, address, status, body)).ShouldFail((FailureKind)kind);

        failure.HttpStatus.ShouldBe(status);
        failure.Error.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_limit_is_waited_for_as_long_as_the_service_says()
    {
        (await SendAsync("discord", Discord, 429, """{"message":"You are being rate limited.","retry_after":0.65,"global":false}"""))
            .ShouldFail(FailureKind.Throttled).RetryAfter.ShouldBe(TimeSpan.FromSeconds(0.65));
        _chat.Answers.Clear();
        (await SendAsync("slack", Slack, 429, "", TimeSpan.FromSeconds(17)))
            .ShouldFail(FailureKind.Throttled).RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
        _chat.Answers.Clear();
        (await SendAsync("teams", Teams, 429, "")).ShouldFail(FailureKind.Throttled).RetryAfter.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_connection_that_breaks_leaves_it_unknown_and_the_error_has_no_address()
    {
        _chat.Throw(new HttpRequestException(HttpRequestError.ResponseEnded, "reset"));

        (await _services.Find("slack").SendAsync(Slack, Message, default)).ShouldFail(FailureKind.UnknownOutcome).Error.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task A_slack_webhook_takes_one_message_a_second_and_those_that_wait_get_a_turn_each()
    {
        await SendAsync("slack", Slack, 200, "ok");
        var held = new List<TimeSpan>();
        for (var i = 0; i < 3; i++)
            held.Add((await SendAsync("slack", Slack, 200, "ok")).ShouldBeOfType<SendResult.Deferred>().RetryAfter);
        (await SendAsync("slack", Slack + "-other", 200, "ok")).ShouldBeOfType<SendResult.Accepted>();

        held.ConvertAll(wait => wait.TotalSeconds).ShouldBe([1.0, 2.0, 3.0], 0.1);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        (await SendAsync("slack", Slack, 200, "ok")).ShouldBeOfType<SendResult.Accepted>();
        _chat.Posted.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("slack", "http://hooks.slack.com/services/T1/s3cret")]
    [InlineData("slack", "https://hooks.slack.com.evil.test/s3cret")]
    [InlineData("slack", "https://hooks.slack.com@evil.test/s3cret")]
    [InlineData("slack", "https://hooks.slack.com:8443/s3cret")]
    [InlineData("slack", "https://discord.com/api/webhooks/1/s3cret")]
    [InlineData("slack", "https://169.254.169.254/s3cret")]
    [InlineData("slack", "http://sim.test:5091/s3cret")]
    [InlineData("discord", "https://evildiscord.com/s3cret")]
    [InlineData("teams", "https://logic.azure.com/s3cret")]
    [InlineData("teams", "https://evil.test/x.logic.azure.com/s3cret")]
    [InlineData("teams", "s3cret")]
    public async Task What_is_at_no_address_of_its_service_is_not_called(string service, string address)
    {
        await using var services = Services(("Chat:PrivateService", "http://sim.test:5090"));

        (await services.Find(service).SendAsync(address, Message, default)).ShouldFail(FailureKind.NotFound).Error.ShouldNotContain("s3cret");

        _chat.Posted.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("slack", "https://chat.example.com/hook")]
    [InlineData("discord", "https://eu.gateway.example.com/hook")]
    [InlineData("slack", "http://sim.test:5090/slack/services/T1")]
    public async Task The_operator_may_allow_other_hosts(string service, string address)
    {
        _chat.Answer(HttpStatusCode.OK, "ok");
        await using var services = Services(
            ("Chat:Hosts:0", "chat.example.com"), ("Chat:Hosts:1", "*.gateway.example.com"), ("Chat:PrivateService", "http://sim.test:5090/"));

        (await services.Find(service).SendAsync(address, Message, default)).ShouldBeOfType<SendResult.Accepted>();
    }

    [Theory]
    [InlineData("discord", Discord)]
    [InlineData("teams", Teams)]
    [InlineData("slack", Slack)]
    public async Task A_text_that_is_too_long_is_cut(string service, string address)
    {
        _chat.Answer(HttpStatusCode.OK, "{}");
        await _services.Find(service).SendAsync(address, Message with { Body = string.Concat(Enumerable.Repeat("€😀", 20_000)) }, default);

        var text = _chat.Posted[0].Body;
        text.ShouldContain("…");
        if (service == "teams")
            Encoding.UTF8.GetByteCount(text).ShouldBeInRange(19_000, 28 * 1_024);
        if (service == "slack")
            ((string)JsonNode.Parse(text)!["text"]!).Length.ShouldBeInRange(7_990, 8_000);
        if (service == "discord")
            ((string)JsonNode.Parse(text)!["content"]!).Length.ShouldBeInRange(1_999, 2_000);
    }

    [Theory]
    [InlineData("Chat:TimeoutSeconds", "15", "InDoubtSeconds")]
    [InlineData("Chat:PrivateService", "sim", "PrivateService")]
    public async Task Wrong_settings_stop_the_start_and_say_which(string key, string value, string told)
    {
        await using var services = Services((key, value));

        Should.Throw<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate()).ToString().ShouldContain(told);
    }

    private void Posted(string address, string body)
    {
        var (request, posted) = _chat.Posted.ShouldHaveSingleItem();
        request.RequestUri.ShouldBe(new Uri(address));
        request.Content!.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
        JsonNode.DeepEquals(JsonNode.Parse(posted), JsonNode.Parse(body)).ShouldBeTrue(posted);
        using var span = new Activity("POST");
        HiddenAddress.Apply(span, request);
        $"{span.GetTagItem("url.full")}".ShouldEndWith("/REDACTED");
    }

    private Task<SendResult> SendAsync(string service, string address, int status, string body, TimeSpan? retryAfter = null)
    {
        _chat.Answer((HttpStatusCode)status, body, retryAfter);
        return _services.Find(service).SendAsync(address, Message, default);
    }

    private ServiceProvider Services(params (string Key, string? Value)[] settings) =>
        AddressServices.Build(_time, settings, (ChatWebhookClient.HttpClientName, _chat));
}
