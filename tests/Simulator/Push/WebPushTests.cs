using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lib.Net.Http.WebPush;
using Lib.Net.Http.WebPush.Authentication;

namespace Switchboard.Tests.Simulator.Push;

/// <summary>The browsers' push service against an implementation that is neither its own nor the product's: Lib.Net.Http.WebPush.</summary>
public sealed class WebPushTests
{
    [Fact]
    public async Task A_message_of_another_implementation_is_verified_decrypted_and_listed()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var keys = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subscription = await SubscribeAsync(simulator, Public(keys));

        await PushAsync(simulator, subscription, keys, """{"title":"Grüße","body":"Bitte zahlen 👋","data":{"order":"7"}}""");

        var message = (await simulator.GetAsync($"/_sim/push/messages?to={subscription["id"]}"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)message["title"]!).ShouldBe("Grüße");
        ((string)message["body"]!).ShouldBe("Bitte zahlen 👋");
        ((string)message["data"]!["order"]!).ShouldBe("7");
        ((string)message["headers"]!["TTL"]!).ShouldBe("60");
        ((string)message["headers"]!["Topic"]!).ShouldBe("t1");
        ((string)message["headers"]!["Urgency"]!).ShouldBe("high");
    }

    [Fact]
    public async Task What_is_signed_by_another_key_than_the_subscriptions_is_refused()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var keys = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var others = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subscription = await SubscribeAsync(simulator, Public(keys));

        (await Should.ThrowAsync<PushServiceClientException>(PushAsync(simulator, subscription, others, "{}"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_message_for_another_browser_is_not_readable_and_a_dead_subscription_is_gone()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var keys = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (one, other) = (await SubscribeAsync(simulator, null), await SubscribeAsync(simulator, null));
        var mixed = one.DeepClone();
        mixed["keys"] = other["keys"]!.DeepClone();

        (await Should.ThrowAsync<PushServiceClientException>(PushAsync(simulator, mixed, keys, "{}"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        await simulator.ControlAsync($"/_sim/push/tokens/{one["id"]}", new { dead = true });
        (await Should.ThrowAsync<PushServiceClientException>(PushAsync(simulator, one, keys, "{}"))).StatusCode.ShouldBe(HttpStatusCode.Gone);
        await simulator.ControlAsync($"/_sim/push/tokens/{one["id"]}", new { dead = false });
        await PushAsync(simulator, one, keys, "{}");
    }

    private static async Task<JsonNode> SubscribeAsync(RunningSimulator simulator, string? serverKey) =>
        (await simulator.ControlAsync("/_sim/push/subscriptions", new { applicationServerKey = serverKey }))!;

    // That library signs for the origin without its port; so the browser's endpoint is at the port that need not be named.
    private static async Task PushAsync(RunningSimulator simulator, JsonNode subscription, ECDsa keys, string message)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(simulator.Http.BaseAddress!.Host, simulator.Http.BaseAddress.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        var parameters = keys.ExportParameters(includePrivateParameters: true);
        var target = new PushSubscription { Endpoint = $"http://localhost{new Uri((string)subscription["endpoint"]!).AbsolutePath}" };
        target.SetKey(PushEncryptionKeyName.P256DH, (string)subscription["keys"]!["p256dh"]!);
        target.SetKey(PushEncryptionKeyName.Auth, (string)subscription["keys"]!["auth"]!);
        await new PushServiceClient(http) { AutoRetryAfter = false }.RequestPushMessageDeliveryAsync(
            target,
            new PushMessage(message) { TimeToLive = 60, Topic = "t1", Urgency = PushMessageUrgency.High },
            new VapidAuthentication(Public(keys), Base64Url.EncodeToString(parameters.D)) { Subject = "mailto:operator@example.com" });
    }

    private static string Public(ECDsa keys)
    {
        var point = keys.ExportParameters(includePrivateParameters: false).Q;
        return Base64Url.EncodeToString([4, .. point.X!, .. point.Y!]);
    }
}
