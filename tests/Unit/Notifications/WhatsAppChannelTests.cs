using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.WhatsApp;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class WhatsAppChannelTests
{
    private static readonly ChannelMessage Message = new(
        Guid.Parse("0192f0c1-0000-7000-8000-000000000001"), Guid.Empty, "+15550100001", "Invoice 42\nfrom  Acme", DateTimeOffset.UnixEpoch);

    private readonly FakeWhatsApp _whatsApp = new();
    private readonly FakeTimeProvider _time = new(new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Text_is_posted_as_the_cloud_api_wants_it_with_our_id_to_be_echoed()
    {
        _whatsApp.Answer(HttpStatusCode.OK, FakeWhatsApp.Taken);

        (await SendAsync()).ShouldBe(new SendResult.Accepted("wamid.1", 200));

        var (request, body) = _whatsApp.Posted.ShouldHaveSingleItem();
        request.RequestUri!.ToString().ShouldBe("http://graph.test/whatsapp/v21.0/15550000000/messages");
        request.Headers.Authorization!.ToString().ShouldBe("Bearer secret");
        request.Content!.Headers.ContentType!.MediaType.ShouldBe("application/json");
        body.GetRawText().ShouldBe(
            """{"messaging_product":"whatsapp","recipient_type":"individual","to":"\u002B15550100001","type":"text","text":{"body":"Invoice 42\nfrom  Acme"},"biz_opaque_callback_data":"0192f0c1-0000-7000-8000-000000000001"}""");
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_cut_and_no_character_in_half()
    {
        _whatsApp.Answer(HttpStatusCode.OK, FakeWhatsApp.Taken);

        await SendAsync(message: Message with { Body = new string('x', 4094) + "😀😀" });

        var text = _whatsApp.Posted[0].Body.GetProperty("text").GetProperty("body").GetString()!;
        text.ShouldBe(new string('x', 4094) + "…");
    }

    [Fact]
    public async Task Outside_the_24_hours_a_template_is_sent_where_there_is_one_with_the_text_on_one_line()
    {
        _whatsApp.Error(HttpStatusCode.BadRequest, 131047).Answer(HttpStatusCode.OK, FakeWhatsApp.Taken);

        (await SendAsync(("WhatsApp:TemplateName", "alert"))).ShouldBeOfType<SendResult.Accepted>();

        _whatsApp.Posted.Count.ShouldBe(2);
        _whatsApp.Posted[1].Body.GetProperty("type").GetString().ShouldBe("template");
        _whatsApp.Posted[1].Body.GetProperty("template").GetRawText().ShouldBe(
            """{"name":"alert","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Invoice 42 from Acme"}]}]}""");
    }

    [Fact]
    public async Task Outside_the_24_hours_without_a_template_it_is_refused_for_good()
    {
        _whatsApp.Error(HttpStatusCode.BadRequest, 131047, "Re-engagement message");

        (await SendAsync()).ShouldBe(new SendResult.Failed(new(FailureKind.Permanent, "WhatsApp error 131047: Re-engagement message", 400, Code: "131047")));
    }

    [Fact]
    public async Task Every_message_can_be_the_template()
    {
        _whatsApp.Answer(HttpStatusCode.OK, FakeWhatsApp.Taken);

        await SendAsync(("WhatsApp:TemplateName", "alert"), ("WhatsApp:AlwaysTemplate", "true"));

        _whatsApp.Posted.ShouldHaveSingleItem().Body.GetProperty("type").GetString().ShouldBe("template");
    }

    [Theory]
    [InlineData(500, 131000)]
    [InlineData(503, 131016)]
    [InlineData(500, 1)]
    [InlineData(503, 2)]
    public async Task An_error_that_passes_is_one_and_is_not_posted_again_by_the_client_itself(int status, int code)
    {
        _whatsApp.Error((HttpStatusCode)status, code);

        (await SendAsync()).ShouldFail(FailureKind.Transient).HttpStatus.ShouldBe(status);
        _whatsApp.Posted.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(429, 130429, 1)]
    [InlineData(429, 80007, 1)]
    [InlineData(400, 4, 1)]
    [InlineData(429, 131056, 6)]
    [InlineData(400, 131056, 6)]
    public async Task A_limit_is_one_whatever_its_status_and_the_pairs_takes_six_seconds(int status, int code, int seconds)
    {
        _whatsApp.Error((HttpStatusCode)status, code);

        (await SendAsync()).ShouldFail(FailureKind.Throttled).RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData(400, 100)]
    [InlineData(400, 131026)]
    [InlineData(400, 131051)]
    [InlineData(404, 132001)]
    [InlineData(400, 999999)]
    public async Task What_is_wrong_with_the_message_stays_wrong(int status, int code)
    {
        _whatsApp.Error((HttpStatusCode)status, code);

        (await SendAsync()).ShouldFail(FailureKind.Permanent).HttpStatus.ShouldBe(status);
    }

    [Theory]
    [InlineData(401, 190)]
    [InlineData(403, 10)]
    [InlineData(403, 131031)]
    public async Task What_is_wrong_with_the_account_holds_all_messages_and_fails_none(int status, int code)
    {
        _whatsApp.Error((HttpStatusCode)status, code, "expired");

        var failure = (await SendAsync()).ShouldFail(FailureKind.Unauthorized);
        (failure.Error, failure.RetryAfter).ShouldBe(($"WhatsApp error {code}: expired", TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Retry_After_is_honoured_as_seconds_and_as_a_date(int status)
    {
        _whatsApp.Answer((HttpStatusCode)status, "{}", TimeSpan.FromSeconds(17));
        RetryAfter(await SendAsync()).ShouldBe(TimeSpan.FromSeconds(17));

        _whatsApp.Answers.Clear();
        _whatsApp.Answers.Enqueue(() => new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent("<html>"),
            Headers = { RetryAfter = new(_time.GetUtcNow().AddMinutes(2)) },
        });
        RetryAfter(await SendAsync()).ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(504)]
    [InlineData(408)]
    public async Task A_gateway_that_gave_up_leaves_it_unknown(int status)
    {
        _whatsApp.Answer((HttpStatusCode)status, "<html>Bad gateway</html>");

        (await SendAsync()).ShouldBe(new SendResult.Failed(new(FailureKind.UnknownOutcome, $"WhatsApp answered HTTP {status}.", status)));
    }

    [Fact]
    public async Task A_success_without_a_message_id_leaves_it_unknown()
    {
        _whatsApp.Answer(HttpStatusCode.OK, "{}");

        (await SendAsync()).ShouldFail(FailureKind.UnknownOutcome);
    }

    [Fact]
    public async Task A_connection_that_was_not_made_sent_nothing_and_one_that_broke_may_have()
    {
        _whatsApp.Throw(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        (await SendAsync()).ShouldFail(FailureKind.Transient);

        _whatsApp.Answers.Clear();
        _whatsApp.Throw(new HttpRequestException(HttpRequestError.ResponseEnded, "reset"));
        (await SendAsync()).ShouldFail(FailureKind.UnknownOutcome);
        _whatsApp.Posted.Count.ShouldBe(2);
    }

    [Fact]
    public async Task After_many_failures_the_circuit_opens_and_messages_wait_for_its_break_without_being_tried()
    {
        _whatsApp.Error(HttpStatusCode.InternalServerError, 131000);
        await using var services = Services();
        var channel = services.GetRequiredService<IChannel>();

        SendResult answer = new SendResult.Deferred("", default);
        for (var i = 0; i < 200; i++)
            answer = await channel.SendAsync(Message, default);

        answer.ShouldFail(FailureKind.Throttled).RetryAfter!.Value.ShouldBeInRange(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5));
        _whatsApp.Posted.Count.ShouldBe(100);
    }

    [Fact]
    public async Task Limits_do_not_open_the_circuit()
    {
        _whatsApp.Error(HttpStatusCode.TooManyRequests, 131056);
        await using var services = Services();
        var channel = services.GetRequiredService<IChannel>();

        for (var i = 0; i < 200; i++)
            (await channel.SendAsync(Message, default)).ShouldFail(FailureKind.Throttled);
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_answer()
    {
        _whatsApp.Throw(new OperationCanceledException());
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await using var services = Services();

        await Should.ThrowAsync<OperationCanceledException>(services.GetRequiredService<IChannel>().SendAsync(Message, cancelled.Token));
    }

    [Theory]
    [InlineData("WhatsApp:AccessToken", "")]
    [InlineData("WhatsApp:BaseUrl", "graph")]
    [InlineData("WhatsApp:ApiVersion", "21")]
    [InlineData("WhatsApp:AlwaysTemplate", "true")]
    [InlineData("WhatsApp:TimeoutSeconds", "30")]
    public async Task Wrong_settings_stop_the_start(string key, string value)
    {
        await using var services = Services((key, value));

        // together with the error of the HTTP pipeline, which needs the same options
        Should.Throw<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate()).ToString().ShouldContain(key.Split(':')[1]);
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<WhatsAppOptions>>().Value);
    }

    private static TimeSpan? RetryAfter(SendResult result) => result.ShouldBeOfType<SendResult.Failed>().Failure.RetryAfter;

    private Task<SendResult> SendAsync(params (string Key, string Value)[] settings) => SendAsync(Message, settings);

    private async Task<SendResult> SendAsync(ChannelMessage message, params (string Key, string Value)[] settings)
    {
        await using var services = Services(settings);
        return await services.GetRequiredService<IChannel>().SendAsync(message, default);
    }

    private ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["WhatsApp:BaseUrl"] = "http://graph.test/whatsapp",
            ["WhatsApp:PhoneNumberId"] = "15550000000",
            ["WhatsApp:AccessToken"] = "secret",
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddSingleton<TimeProvider>(_time);
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddWhatsApp();
        services.AddHttpClient(WhatsAppClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(_whatsApp.Network);
        return services.BuildServiceProvider();
    }
}
