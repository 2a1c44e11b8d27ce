using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.ServiceDefaults.Tracing;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Push;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class ApnsClientTests : IAsyncDisposable
{
    private const string Id = "0192f0c1-0000-7000-8000-000000000001";
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly FakeHttp _apns = new();
    private readonly FakeTimeProvider _time = new(new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services;

    public ApnsClientTests() => _services = Services();

    private ChannelMessage Message => new(
        Guid.Parse(Id), Guid.Empty, "", "Please pay", _time.GetUtcNow(),
        new() { Subject = "Invoice 42", ExpiresAt = _time.GetUtcNow().AddHours(1) }, Priority: JobPriority.Low);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_message_is_posted_over_http2_with_our_id_and_its_headers()
    {
        _apns.Answer(HttpStatusCode.OK, "");

        (await SendAsync()).ShouldBe(new SendResult.Accepted(Id, 200));

        var (request, body) = _apns.Posted.ShouldHaveSingleItem();
        (request.Version, request.VersionPolicy).ShouldBe((HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact));
        request.RequestUri!.ToString().ShouldBe("http://apns.test/3/device/a1b2");
        request.Headers.Where(header => header.Key.StartsWith("apns-", StringComparison.Ordinal))
            .ToDictionary(header => header.Key, header => header.Value.Single()).ShouldBe(new Dictionary<string, string>
            {
                ["apns-id"] = Id,
                ["apns-collapse-id"] = Id,
                ["apns-topic"] = "com.example.app",
                ["apns-push-type"] = "alert",
                ["apns-priority"] = "5",
                ["apns-expiration"] = "1795330800",
            }, ignoreOrder: true);
        JsonNode.DeepEquals(JsonNode.Parse(body), JsonNode.Parse($$$"""
            {"aps":{"alert":{"title":"Invoice 42","body":"Please pay"},"sound":"default"},"data":{"notificationId":"{{{Id}}}"}}
            """)).ShouldBeTrue(body);

        using var span = new Activity("POST");
        HiddenAddress.Apply(span, request);
        span.GetTagItem("url.full").ShouldBe("http://apns.test/REDACTED");
    }

    [Fact]
    public async Task One_signed_token_serves_for_forty_minutes()
    {
        _apns.Answer(HttpStatusCode.OK, "");
        await SendAsync();
        _time.Advance(TimeSpan.FromMinutes(39));
        await SendAsync();
        _time.Advance(TimeSpan.FromMinutes(2));
        await SendAsync();

        var tokens = _apns.Posted.ConvertAll(posted => posted.Request.Headers.Authorization!);
        tokens[1].ShouldBe(tokens[0]);
        tokens[2].ShouldNotBe(tokens[0]);
        tokens[0].Scheme.ShouldBe("bearer");
        var read = await new JsonWebTokenHandler().ValidateTokenAsync(tokens[0].Parameter, new()
        {
            IssuerSigningKey = new ECDsaSecurityKey(Key),
            ValidIssuer = "TEAM",
            ValidAlgorithms = ["ES256"],
            ValidateAudience = false,
            RequireExpirationTime = false,
            ValidateLifetime = false,
        });
        read.IsValid.ShouldBeTrue(read.Exception?.ToString());
        var jwt = (JsonWebToken)read.SecurityToken;
        (jwt.Kid, jwt.IssuedAt).ShouldBe(("KEY", new DateTime(2026, 11, 22, 6, 0, 0, DateTimeKind.Utc)));
    }

    [Fact]
    public async Task A_token_that_apple_calls_expired_is_made_anew_once()
    {
        Refused(403, "ExpiredProviderToken");
        _apns.Answer(HttpStatusCode.OK, "");
        (await SendAsync()).ShouldBeOfType<SendResult.Accepted>();
        _apns.Posted[1].Request.Headers.Authorization.ShouldNotBe(_apns.Posted[0].Request.Headers.Authorization);

        _apns.Answers.Clear();
        Refused(403, "ExpiredProviderToken");
        (await SendAsync()).ShouldFail(FailureKind.Unauthorized);
        _apns.Posted.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(410, "Unregistered", FailureKind.NotFound)]
    [InlineData(410, "ExpiredToken", FailureKind.NotFound)]
    [InlineData(400, "BadDeviceToken", FailureKind.Permanent)]
    [InlineData(400, "DeviceTokenNotForTopic", FailureKind.Permanent)]
    [InlineData(400, "PayloadEmpty", FailureKind.Permanent)]
    [InlineData(413, "PayloadTooLarge", FailureKind.Permanent)]
    [InlineData(400, "TopicDisallowed", FailureKind.Unauthorized)]
    [InlineData(403, "InvalidProviderToken", FailureKind.Unauthorized)]
    [InlineData(429, "TooManyRequests", FailureKind.Throttled)]
    [InlineData(500, "InternalServerError", FailureKind.Transient)]
    [InlineData(503, "Shutdown", FailureKind.Transient)]
    [InlineData(502, null, FailureKind.UnknownOutcome)]
    public async Task Each_refusal_is_told_apart(int status, string? reason, object kind)
    {
        if (reason is null)
            _apns.Answer((HttpStatusCode)status, "<html>");
        else
            Refused(status, reason);

        (await SendAsync()).ShouldFail((FailureKind)kind).Code.ShouldBe(reason);
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        _apns.Answer(HttpStatusCode.ServiceUnavailable, """{"reason":"ServiceUnavailable"}""", TimeSpan.FromSeconds(17));

        (await SendAsync()).ShouldFail(FailureKind.Transient).RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
    }

    [Fact]
    public async Task Without_a_key_a_message_fails_for_good_and_says_what_is_missing()
    {
        await using var services = Services(("Apns:KeyId", ""), ("Apns:TeamId", ""), ("Apns:Topic", ""), ("Apns:PrivateKey", "none"));

        services.GetRequiredService<IStartupValidator>().Validate();
        (await services.Find("apns").SendAsync("a1b2", Message, default)).ShouldFail(FailureKind.Permanent).Error.ShouldContain("Apns:PrivateKey");
    }

    [Theory]
    [InlineData("Apns:KeyId", "", "needs Apns:KeyId too")]
    [InlineData("Apns:PrivateKey", "abc", "no EC key in PEM")]
    [InlineData("Apns:TimeoutSeconds", "15", "InDoubtSeconds")]
    public async Task Wrong_settings_stop_the_start_and_say_which(string key, string value, string told)
    {
        await using var services = Services((key, value));

        Should.Throw<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate()).ToString().ShouldContain(told);
    }

    private void Refused(int status, string reason) => _apns.Answer((HttpStatusCode)status, $$"""{"reason":"{{reason}}"}""");

    private Task<SendResult> SendAsync() => _services.Find("apns").SendAsync("a1b2", Message, default);

    private ServiceProvider Services(params (string Key, string? Value)[] settings) => AddressServices.Build(
        _time,
        [
            ("Apns:BaseUrl", "http://apns.test"), ("Apns:KeyId", "KEY"), ("Apns:TeamId", "TEAM"), ("Apns:Topic", "com.example.app"),
            ("Apns:PrivateKey", Key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n")), .. settings,
        ],
        (ApnsClient.HttpClientName, _apns));
}
