using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Switchboard.Tests.Simulator.Push;

/// <summary>FCM and APNs: who may send, what is taken, which tokens are dead.</summary>
public sealed class DevicePushTests
{
    [Fact]
    public async Task Fcm_gives_the_service_account_a_token_and_takes_messages_with_it()
    {
        using var key = RSA.Create(2048);
        await using var simulator = await RunningSimulator.StartAsync($"Fcm:PublicKey={key.ExportSubjectPublicKeyInfoPem()}");
        var token = (string)(await (await TokenAsync(simulator, key)).ReadJsonAsync())["access_token"]!;

        using var answer = await FcmAsync(simulator, token, new { token = "t1", notification = new { title = "A", body = "B" }, data = new { a = "1" } });

        ((string)(await answer.ReadJsonAsync())["name"]!).ShouldStartWith("projects/demo-project/messages/");
        var message = (await simulator.GetAsync("/_sim/push/messages?service=fcm&to=t1"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)message["body"]!).ShouldBe("B");
        ((string)message["data"]!["a"]!).ShouldBe("1");
    }

    [Fact]
    public async Task Fcm_refuses_who_did_not_sign_payloads_that_are_wrong_and_dead_tokens()
    {
        using var key = RSA.Create(2048);
        using var other = RSA.Create(2048);
        await using var simulator = await RunningSimulator.StartAsync($"Fcm:PublicKey={key.ExportSubjectPublicKeyInfoPem()}");
        using var forged = await TokenAsync(simulator, other);
        ((string)(await forged.ReadJsonAsync())["error"]!).ShouldBe("invalid_grant");
        (await FcmErrorAsync(simulator, "ya29.none", new { token = "t1" })).ShouldBe("401 UNAUTHENTICATED");

        var token = (string)(await (await TokenAsync(simulator, key)).ReadJsonAsync())["access_token"]!;
        (await FcmErrorAsync(simulator, token, new { token = "t1", data = new { a = 1 } })).ShouldBe("400 INVALID_ARGUMENT INVALID_ARGUMENT BadRequest");
        (await FcmErrorAsync(simulator, token, new { token = "t1", data = new { a = new string('x', 4_097) } }))
            .ShouldBe("400 INVALID_ARGUMENT INVALID_ARGUMENT BadRequest");
        await simulator.ControlAsync("/_sim/push/tokens/t1", new { dead = true });
        (await FcmErrorAsync(simulator, token, new { token = "t1" })).ShouldBe("404 NOT_FOUND UNREGISTERED");
        await simulator.ControlAsync("/_sim/push/tokens/t1", new { dead = true, code = "SENDER_ID_MISMATCH" });
        (await FcmErrorAsync(simulator, token, new { token = "t1" })).ShouldBe("403 PERMISSION_DENIED SENDER_ID_MISMATCH");
        await simulator.ControlAsync("/_sim/faults", new { provider = "fcm", status = 503, count = 1 });
        (await FcmErrorAsync(simulator, token, new { token = "t2" })).ShouldBe("503 UNAVAILABLE UNAVAILABLE");
    }

    [Fact]
    public async Task Apns_takes_messages_over_http2_signed_by_the_team()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var port = FreePort.Next();
        await using var simulator = await StartWithApnsAsync(key, port);

        using var answer = await ApnsAsync(port, Jwt(key, "DEMOKEY001", TimeProvider.System.GetUtcNow().UtcDateTime));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Version.ShouldBe(HttpVersion.Version20);
        var message = (await simulator.GetAsync("/_sim/push/messages?service=apns&to=t1"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)message["httpVersion"]!).ShouldBe("HTTP/2");
        ((string)message["body"]!).ShouldBe("B");
        ((string)message["headers"]!["apns-topic"]!).ShouldBe("com.example.switchboard");
        ((string)message["id"]!).ShouldBe(answer.Headers.GetValues("apns-id").Single());
    }

    [Fact]
    public async Task Apns_refuses_http1_wrong_and_old_signatures_and_dead_tokens()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var port = FreePort.Next();
        await using var simulator = await StartWithApnsAsync(key, port);

        using var old = await simulator.PostAsync("/apns/3/device/t1");
        old.StatusCode.ShouldBe(HttpStatusCode.HttpVersionNotSupported);
        (await ReasonAsync(port, Jwt(other, "DEMOKEY001", TimeProvider.System.GetUtcNow().UtcDateTime))).ShouldBe("403 InvalidProviderToken");
        (await ReasonAsync(port, Jwt(key, "OTHER", TimeProvider.System.GetUtcNow().UtcDateTime))).ShouldBe("403 InvalidProviderToken");
        (await ReasonAsync(port, Jwt(key, "DEMOKEY001", TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-61)))).ShouldBe("403 ExpiredProviderToken");
        (await ReasonAsync(port, Jwt(key, "DEMOKEY001", TimeProvider.System.GetUtcNow().UtcDateTime), topic: "other")).ShouldBe("400 TopicDisallowed");
        await simulator.ControlAsync("/_sim/push/tokens/t1", new { dead = true });
        (await ReasonAsync(port, Jwt(key, "DEMOKEY001", TimeProvider.System.GetUtcNow().UtcDateTime))).ShouldBe("410 Unregistered");
    }

    private static Task<RunningSimulator> StartWithApnsAsync(ECDsa key, int port) => RunningSimulator.StartAsync(
        $"urls=http://127.0.0.1:0;http://127.0.0.1:{port}", $"Simulator:Http2Port={port}", $"Apns:PublicKey={key.ExportSubjectPublicKeyInfoPem()}");

    private static async Task<HttpResponseMessage> TokenAsync(RunningSimulator simulator, RSA key)
    {
        var assertion = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "sender@demo",
            Audience = new Uri(simulator.Http.BaseAddress!, "/fcm/token").ToString(),
            IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(59),
            Claims = new Dictionary<string, object> { ["scope"] = "https://www.googleapis.com/auth/firebase.messaging" },
            SigningCredentials = new(new RsaSecurityKey(key), SecurityAlgorithms.RsaSha256),
        });
        using var form = new FormUrlEncodedContent(
            [new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", assertion)]);
        return await simulator.Http.PostAsync(new Uri("/fcm/token", UriKind.Relative), form);
    }

    private static async Task<HttpResponseMessage> FcmAsync(RunningSimulator simulator, string token, object message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/fcm/v1/projects/demo-project/messages:send");
        request.Headers.Authorization = new("Bearer", token);
        request.Content = JsonContent.Create(new { message });
        return await simulator.Http.SendAsync(request);
    }

    // status, Google's status, FCM's code and the types of further details
    private static async Task<string> FcmErrorAsync(RunningSimulator simulator, string token, object message)
    {
        using var answer = await FcmAsync(simulator, token, message);
        var error = (await answer.ReadJsonAsync())["error"]!;
        var details = error["details"]!.AsArray().Select(detail => (string?)detail!["errorCode"] ?? ((string)detail["@type"]!).Split('.')[^1]);
        return string.Join(' ', [$"{(int)answer.StatusCode}", (string)error["status"]!, .. details]);
    }

    private static string Jwt(ECDsa key, string keyId, DateTime issued) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "DEMOTEAM01",
            IssuedAt = issued,
            SigningCredentials = new(new ECDsaSecurityKey(key) { KeyId = keyId }, SecurityAlgorithms.EcdsaSha256),
        });

    private static async Task<HttpResponseMessage> ApnsAsync(int port, string jwt, string topic = "com.example.switchboard")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/apns/3/device/t1")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = JsonContent.Create(new { aps = new { alert = new { title = "A", body = "B" } } }),
        };
        request.Headers.Authorization = new("bearer", jwt);
        request.Headers.Add("apns-topic", topic);
        return await http.SendAsync(request);
    }

    private static async Task<string> ReasonAsync(int port, string jwt, string topic = "com.example.switchboard")
    {
        using var answer = await ApnsAsync(port, jwt, topic);
        return $"{(int)answer.StatusCode} {(string?)(await answer.ReadJsonAsync())["reason"]}";
    }
}
