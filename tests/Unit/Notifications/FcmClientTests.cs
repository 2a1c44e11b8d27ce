using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Push;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class FcmClientTests : IAsyncDisposable
{
    private const string Id = "0192f0c1-0000-7000-8000-000000000001";
    private const string Token = "device-token";
    private static readonly RSA Key = RSA.Create(2048);

    private readonly FakeHttp _fcm = new();
    private readonly FakeHttp _oauth = new();
    private readonly FakeTimeProvider _time = new(new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services;

    public FcmClientTests()
    {
        _oauth.Answer(HttpStatusCode.OK, """{"access_token":"ya29.1","expires_in":3599,"token_type":"Bearer"}""");
        _services = Services();
    }

    private ChannelMessage Message => new(
        Guid.Parse(Id), Guid.Empty, "", "Please pay", _time.GetUtcNow(),
        new() { Subject = "Invoice 42", Data = JsonElement.Parse("""{"order":"7","count":3,"deep":{"a":true}}""") }, Priority: JobPriority.High);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_message_is_posted_as_fcm_wants_it_with_data_as_strings()
    {
        Taken();

        (await SendAsync(Message)).ShouldBe(new SendResult.Accepted("projects/p1/messages/1", 200));

        var (request, body) = _fcm.Posted.ShouldHaveSingleItem();
        request.RequestUri!.ToString().ShouldBe("http://fcm.test/v1/projects/p1/messages:send");
        request.Headers.Authorization!.ToString().ShouldBe("Bearer ya29.1");
        JsonNode.DeepEquals(JsonNode.Parse(body), JsonNode.Parse("""
            {"message":{"token":"device-token","notification":{"title":"Invoice 42","body":"Please pay"},
             "data":{"order":"7","count":"3","deep":"{\"a\":true}","notificationId":"ID"},
             "android":{"priority":"HIGH","ttl":"259200s","notification":{"tag":"ID"}},
             "apns":{"headers":{"apns-priority":"10","apns-expiration":"1795586400","apns-collapse-id":"ID"}},
             "webpush":{"headers":{"TTL":"259200","Urgency":"high","Topic":"0192f0c1000070008000000000000001"}}}}
            """.Replace("ID", Id, StringComparison.Ordinal))).ShouldBeTrue(body);
    }

    [Fact]
    public async Task The_service_account_signs_for_its_token_which_is_used_until_shortly_before_it_expires()
    {
        Taken();
        await SendAsync(Message);
        _time.Advance(TimeSpan.FromMinutes(54));
        await SendAsync(Message);
        var (request, form) = _oauth.Posted.ShouldHaveSingleItem();

        request.RequestUri!.ToString().ShouldBe("https://oauth.test/token");
        var fields = new FormReader(form).ReadForm();
        fields["grant_type"].ToString().ShouldBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
        var read = await new JsonWebTokenHandler().ValidateTokenAsync(fields["assertion"].ToString(), new()
        {
            IssuerSigningKey = new RsaSecurityKey(Key),
            ValidIssuer = "sender@p1.test",
            ValidAudience = "https://oauth.test/token",
            ValidAlgorithms = ["RS256"],
            ValidateLifetime = false,
        });
        read.IsValid.ShouldBeTrue(read.Exception?.ToString());
        read.Claims["scope"].ShouldBe("https://www.googleapis.com/auth/firebase.messaging");
        ((int)((JsonWebToken)read.SecurityToken).ValidTo.Subtract(((JsonWebToken)read.SecurityToken).IssuedAt).TotalMinutes).ShouldBe(60);

        _time.Advance(TimeSpan.FromMinutes(2));
        await SendAsync(Message);
        _oauth.Posted.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(404, "UNREGISTERED")]
    [InlineData(403, "SENDER_ID_MISMATCH")]
    [InlineData(400, "INVALID_ARGUMENT")]
    public async Task A_token_that_nothing_will_ever_reach_is_told_as_dead(int status, string code)
    {
        Refused(status, FcmError(code));

        (await SendAsync(Message)).ShouldFail(FailureKind.NotFound).Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("""{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"message.data"}]}""")]
    [InlineData("""{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"INVALID_ARGUMENT"},{"@type":"type.googleapis.com/google.rpc.BadRequest"}""")]
    public async Task A_payload_that_is_refused_says_nothing_of_its_token(string details)
    {
        Refused(400, details);

        (await SendAsync(Message)).ShouldFail(FailureKind.Permanent).HttpStatus.ShouldBe(400);
    }

    [Theory]
    [InlineData(429, "QUOTA_EXCEEDED", FailureKind.Throttled)]
    [InlineData(500, "INTERNAL", FailureKind.Transient)]
    [InlineData(503, "UNAVAILABLE", FailureKind.Transient)]
    public async Task What_passes_is_waited_for_as_long_as_fcm_says_or_a_minute(int status, string code, object kind)
    {
        Refused(status, FcmError(code));
        (await SendAsync(Message)).ShouldFail((FailureKind)kind).RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));

        _fcm.Answers.Clear();
        Refused(status, FcmError(code), TimeSpan.FromSeconds(17));
        (await SendAsync(Message)).ShouldFail((FailureKind)kind).RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
    }

    [Theory]
    [InlineData(401, "")]
    [InlineData(401, "THIRD_PARTY_AUTH_ERROR")]
    [InlineData(403, "")]
    [InlineData(404, "")]
    public async Task What_the_operator_has_to_mend_fails_no_message(int status, string code)
    {
        Refused(status, code.Length == 0 ? "" : FcmError(code));

        (await SendAsync(Message)).ShouldFail(FailureKind.Unauthorized).RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_token_of_ours_that_is_refused_is_asked_for_again()
    {
        Refused(401, "");
        await SendAsync(Message);
        _fcm.Answers.Clear();
        Taken();
        await SendAsync(Message);

        _oauth.Posted.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(502, "<html>")]
    [InlineData(200, "{}")]
    public async Task An_answer_that_says_nothing_of_the_message_leaves_it_unknown(int status, string body)
    {
        _fcm.Answer((HttpStatusCode)status, body);

        (await SendAsync(Message)).ShouldFail(FailureKind.UnknownOutcome);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_sent_and_nothing_is_in_doubt()
    {
        _oauth.Answers.Clear();
        _oauth.Answer(HttpStatusCode.BadRequest, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""");
        (await SendAsync(Message)).ShouldFail(FailureKind.Unauthorized).Error.ShouldContain("invalid_grant");

        _oauth.Answers.Clear();
        _oauth.Throw(new HttpRequestException(HttpRequestError.ResponseEnded, "reset"));
        (await SendAsync(Message)).ShouldFail(FailureKind.Transient);
        _fcm.Posted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_text_is_cut_to_the_bytes_that_fcm_takes_and_no_character_in_half()
    {
        Taken();

        await SendAsync(Message with { Body = string.Concat(Enumerable.Repeat("👩‍👩‍👧", 700)) });

        var message = JsonNode.Parse(_fcm.Posted[0].Body)!["message"]!;
        var text = (string)message["notification"]!["body"]!;
        text.ShouldEndWith("👩‍👩‍👧…");
        text.Replace("👩‍👩‍👧", "").ShouldBe("…");
        var start = _fcm.Posted[0].Body.IndexOf("\"notification\":", StringComparison.Ordinal);
        var end = _fcm.Posted[0].Body.IndexOf(",\"android\":", StringComparison.Ordinal);
        Encoding.UTF8.GetByteCount(_fcm.Posted[0].Body[start..end]).ShouldBeInRange(4_000, 4_096);
    }

    [Fact]
    public async Task What_cannot_be_sent_at_all_fails_for_good_without_a_call()
    {
        var content = Message.Content!;
        var large = content with { Data = JsonElement.Parse($$"""{"a":"{{new string('x', 4_090)}}"}""") };
        var reserved = content with { Data = JsonElement.Parse("""{"google.x":"1"}""") };

        (await SendAsync(Message with { Content = large })).ShouldFail(FailureKind.Permanent).Error.ShouldContain("4,096 bytes");
        (await SendAsync(Message with { Content = reserved })).ShouldFail(FailureKind.Permanent).Error.ShouldContain("google.x");
        (await SendAsync(Message with { Content = content with { ExpiresAt = _time.GetUtcNow() } })).ShouldFail(FailureKind.Permanent);
        await using var none = Services(("Fcm:ServiceAccount", "none"));
        (await none.Find("fcm").SendAsync(Token, Message, default)).ShouldFail(FailureKind.Permanent).Error.ShouldContain("Fcm:ServiceAccount");
        _fcm.Posted.ShouldBeEmpty();
        _oauth.Posted.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Fcm:ServiceAccount", "{}", "project_id, client_email, private_key and token_uri")]
    [InlineData("Fcm:ServiceAccount", "nonsense", "not the JSON")]
    [InlineData("Fcm:ServiceAccount", """{"project_id":"p","client_email":"e","private_key":"k","token_uri":"https://t.test"}""", "RSA key in PEM")]
    [InlineData("Fcm:TimeoutSeconds", "15", "InDoubtSeconds")]
    [InlineData("Push:TimeToLiveSeconds", "0", "TimeToLiveSeconds")]
    [InlineData("WebPush:Subject", "operator@example.com", "WebPush:Subject must be")]
    [InlineData("WebPush:TimeoutSeconds", "30", "InDoubtSeconds")]
    public async Task Wrong_settings_stop_the_start_and_say_which(string key, string value, string told)
    {
        await using var services = Services((key, value));

        Should.Throw<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate()).ToString().ShouldContain(told);
    }

    private static string FcmError(string code) =>
        $$"""{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"{{code}}"}""";

    private void Taken() => _fcm.Answer(HttpStatusCode.OK, """{"name":"projects/p1/messages/1"}""");

    private void Refused(int status, string details, TimeSpan? retryAfter = null) => _fcm.Answer(
        (HttpStatusCode)status, $$$"""{"error":{"code":{{{status}}},"message":"told","status":"STATUS","details":[{{{details}}}]}}""", retryAfter);

    private Task<SendResult> SendAsync(ChannelMessage message) => _services.Find("fcm").SendAsync(Token, message, default);

    private ServiceProvider Services(params (string Key, string? Value)[] settings) => AddressServices.Build(
        _time,
        [("Fcm:BaseUrl", "http://fcm.test"), ("Fcm:ServiceAccount", Account()), .. settings],
        (FcmClient.HttpClientName, _fcm), (ServiceAccountTokens.HttpClientName, _oauth));

    private static string Account() => new JsonObject
    {
        ["project_id"] = "p1",
        ["client_email"] = "sender@p1.test",
        ["private_key_id"] = "k1",
        ["private_key"] = Key.ExportPkcs8PrivateKeyPem(),
        ["token_uri"] = "https://oauth.test/token",
    }.ToJsonString();
}
