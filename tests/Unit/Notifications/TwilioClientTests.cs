using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Sms;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class TwilioClientTests
{
    private static readonly TwilioMessage Message = new("+15550100001", "Invoice 42 & more", Guid.Parse("0192f0c1-0000-7000-8000-000000000001"));
    private readonly FakeTwilio _twilio = new();
    private readonly FakeTimeProvider _time = new(new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task An_sms_is_posted_as_twilio_wants_it_with_our_id_in_the_address_of_its_statuses()
    {
        _twilio.Answer(HttpStatusCode.Created, FakeTwilio.Taken);

        (await PostAsync()).ShouldBe(new SendResult.Accepted("SM1", 201));

        var (request, body) = _twilio.Posted.ShouldHaveSingleItem();
        request.RequestUri!.ToString().ShouldBe("http://sim.test/twilio/2010-04-01/Accounts/AC1/Messages.json");
        request.Headers.Authorization!.ToString().ShouldBe("Basic QUMxOnNlY3JldA==");
        request.Content!.Headers.ContentType!.MediaType.ShouldBe("application/x-www-form-urlencoded");
        body.ShouldBe(new Dictionary<string, string>
        {
            ["To"] = "+15550100001",
            ["Body"] = "Invoice 42 & more",
            ["From"] = "+15550009999",
            ["StatusCallback"] = "https://switchboard.test/api/sms/status?notification=0192f0c1-0000-7000-8000-000000000001",
        });
    }

    [Fact]
    public async Task A_messaging_service_stands_in_the_place_of_the_number()
    {
        _twilio.Answer(HttpStatusCode.Created, FakeTwilio.Taken);

        await PostAsync(("Twilio:From", ""), ("Twilio:MessagingServiceSid", "MG1"));

        _twilio.Posted[0].Body.ShouldContainKeyAndValue("MessagingServiceSid", "MG1");
        _twilio.Posted[0].Body.ShouldNotContainKey("From");
    }

    [Fact]
    public async Task No_status_is_asked_for_where_none_can_come_or_nobody_wants_it()
    {
        _twilio.Answer(HttpStatusCode.Created, FakeTwilio.Taken);

        await PostAsync(("Twilio:PublicBaseUrl", null));
        await PostAsync(Message with { NotificationId = null });

        _twilio.Posted.ShouldAllBe(posted => !posted.Body.ContainsKey("StatusCallback"));
    }

    [Fact]
    public async Task An_sms_that_is_too_long_is_cut_and_no_character_in_half()
    {
        _twilio.Answer(HttpStatusCode.Created, FakeTwilio.Taken);

        await PostAsync(Message with { Body = new string('x', 1598) + "😀😀" });
        await PostAsync(Message with { Body = new string('x', 1600) });

        _twilio.Posted[0].Body["Body"].ShouldBe(new string('x', 1598) + "…");
        _twilio.Posted[1].Body["Body"].Length.ShouldBe(1600);
    }

    [Theory]
    [InlineData(400, 21211)]
    [InlineData(400, 21408)]
    [InlineData(400, 21610)]
    [InlineData(400, 21614)]
    [InlineData(400, 21617)]
    [InlineData(400, 30007)]
    [InlineData(400, 99999)]
    public async Task What_is_wrong_with_the_number_or_the_sms_stays_wrong(int status, int code)
    {
        _twilio.Error((HttpStatusCode)status, code);

        (await PostAsync()).ShouldBe(new SendResult.Failed(new(FailureKind.Permanent, $"Twilio error {code}: told", status, Code: $"{code}")));
    }

    [Theory]
    [InlineData(401, 20003)]
    [InlineData(404, 20404)]
    [InlineData(400, 21606)]
    [InlineData(400, 21659)]
    [InlineData(400, 21704)]
    [InlineData(400, 30034)]
    public async Task What_is_wrong_with_the_account_or_its_sender_holds_all_sms_and_fails_none(int status, int code)
    {
        _twilio.Error((HttpStatusCode)status, code);

        (await PostAsync()).ShouldFail(FailureKind.Unauthorized).RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(429, 20429, 1)]
    [InlineData(429, 99999, 1)]
    [InlineData(400, 21611, 60)]
    [InlineData(429, 63038, 60)]
    public async Task A_limit_is_one_whatever_its_status_and_a_full_queue_takes_longer(int status, int code, int seconds)
    {
        _twilio.Error((HttpStatusCode)status, code);

        (await PostAsync()).ShouldFail(FailureKind.Throttled).RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        _twilio.Answer(HttpStatusCode.TooManyRequests, """{"code":20429,"message":"slow down","status":429}""", TimeSpan.FromSeconds(17));

        (await PostAsync()).ShouldFail(FailureKind.Throttled).RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
    }

    [Theory]
    [InlineData(500, 20500)]
    [InlineData(503, 20503)]
    [InlineData(500, 99999)]
    [InlineData(400, 30008)]
    public async Task An_error_that_passes_is_one_and_is_not_posted_again_by_the_client_itself(int status, int code)
    {
        _twilio.Error((HttpStatusCode)status, code);

        (await PostAsync()).ShouldFail(FailureKind.Transient).HttpStatus.ShouldBe(status);
        _twilio.Posted.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(502, "<html>Bad gateway</html>")]
    [InlineData(504, "")]
    [InlineData(408, "")]
    [InlineData(201, "{}")]
    [InlineData(201, "<html>")]
    public async Task An_answer_that_says_nothing_of_the_sms_leaves_it_unknown(int status, string body)
    {
        _twilio.Answer((HttpStatusCode)status, body);

        (await PostAsync()).ShouldFail(FailureKind.UnknownOutcome).HttpStatus.ShouldBe(status);
    }

    [Fact]
    public async Task A_connection_that_was_not_made_sent_nothing_and_one_that_broke_may_have()
    {
        _twilio.Throw(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        (await PostAsync()).ShouldFail(FailureKind.Transient);

        _twilio.Answers.Clear();
        _twilio.Throw(new HttpRequestException(HttpRequestError.ResponseEnded, "reset"));
        (await PostAsync()).ShouldFail(FailureKind.UnknownOutcome);
    }

    [Theory]
    [InlineData("Twilio:AuthToken", "", "AuthToken")]
    [InlineData("Twilio:ApiBaseUrl", "twilio", "ApiBaseUrl")]
    [InlineData("Twilio:From", "", "Neither Twilio:From nor Twilio:MessagingServiceSid")]
    [InlineData("Twilio:MessagingServiceSid", "MG1", "Both Twilio:From and Twilio:MessagingServiceSid")]
    [InlineData("Twilio:PublicBaseUrl", "switchboard.test", "PublicBaseUrl")]
    [InlineData("Twilio:TimeoutSeconds", "30", "InDoubtSeconds")]
    [InlineData("HTTP_POOL_MAX", "0", "HTTP_POOL_MAX")]
    public async Task Wrong_settings_stop_the_start_and_say_which(string key, string value, string told)
    {
        await using var services = Services((key, value));

        Should.Throw<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate()).ToString().ShouldContain(told);
    }

    [Fact]
    public async Task As_many_sms_are_under_way_as_there_are_connections()
    {
        using var answered = new SemaphoreSlim(0);
        var (at, most) = (0, 0);
        await using var services = Services([("HTTP_POOL_MAX", "3")], () => new Slow(async () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref at));
            await answered.WaitAsync();
            Interlocked.Decrement(ref at);
        }));
        var client = services.GetRequiredService<TwilioClient>();

        var posts = Enumerable.Range(0, 8).Select(_ => client.PostAsync(Message, default)).ToList();
        answered.Release(8);

        (await Task.WhenAll(posts)).ShouldAllBe(post => post is SendResult.Accepted);
        most.ShouldBe(3);
    }

    private Task<SendResult> PostAsync(params (string Key, string? Value)[] settings) => PostAsync(Message, settings);

    private async Task<SendResult> PostAsync(TwilioMessage message, params (string Key, string? Value)[] settings)
    {
        await using var services = Services(settings);
        return await services.GetRequiredService<TwilioClient>().PostAsync(message, default);
    }

    private ServiceProvider Services(params (string Key, string? Value)[] settings) => Services(settings, _twilio.Network);

    private ServiceProvider Services((string Key, string? Value)[] settings, Func<HttpMessageHandler> network)
    {
        var values = new Dictionary<string, string?>
        {
            ["Twilio:ApiBaseUrl"] = "http://sim.test/twilio",
            ["Twilio:AccountSid"] = "AC1",
            ["Twilio:AuthToken"] = "secret",
            ["Twilio:From"] = "+15550009999",
            ["Twilio:PublicBaseUrl"] = "https://switchboard.test/",
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddSingleton<TimeProvider>(_time);
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddSms();
        services.AddHttpClient(TwilioClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(network);
        return services.BuildServiceProvider();
    }

    private sealed class Slow(Func<Task> work) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await work();
            return new HttpResponseMessage(HttpStatusCode.Created) { Content = new StringContent(FakeTwilio.Taken) };
        }
    }
}
