using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Core.Security;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Tests.Dispatch;

/// <summary>Web push with its key in the database; that a browser can read the message is tested by the simulator's browser.</summary>
public sealed class WebPushTests(PostgresServer postgres) : PushTest(postgres), IClassFixture<PostgresServer>
{
    private VapidKeyStore Keys => Services.GetRequiredService<VapidKeyStore>();

    [Fact]
    public async Task The_key_is_made_once_whoever_asks_first_and_is_not_readable_in_the_database()
    {
        await ExecuteAsync("DELETE FROM vapid_keys");
        VapidKeyStore[] stores =
        [
            .. Enumerable.Range(0, 8).Select(_ => new VapidKeyStore(Database, Services.GetRequiredService<SecretProtector>(), Time)),
        ];

        var keys = await Task.WhenAll(stores.Select(store => store.PublicKeyAsync(default)));

        keys.ShouldAllBe(key => key.SequenceEqual(keys[0]));
        using var pair = await Keys.OpenAsync(default);
        VapidKeyStore.PointOf(pair.ExportParameters(includePrivateParameters: false)).ShouldBe(keys[0]);
        var stored = (byte[])(await ScalarAsync("SELECT private_key FROM vapid_keys"))!;
        stored.AsSpan().IndexOf(pair.ExportParameters(includePrivateParameters: true).D).ShouldBe(-1);
    }

    [Fact]
    public async Task A_message_is_posted_to_the_subscription_signed_for_its_origin_with_its_port()
    {
        var address = await AddAddressAsync("push", "web", Subscription("https://push.example.net:8443/s3cret"));

        var accepted = (await SendAsync("push", address)).ShouldBeOfType<SendResult.Accepted>();

        var (request, body) = Posted.ShouldHaveSingleItem();
        request.RequestUri!.ToString().ShouldBe("https://push.example.net:8443/s3cret");
        request.Headers.GetValues("TTL").Single().ShouldBeOneOf("259200", "259199");
        request.Headers.GetValues("Urgency").Single().ShouldBe("normal");
        request.Headers.GetValues("Topic").Single().ShouldBe(accepted.ProviderMessageId.Replace("-", "", StringComparison.Ordinal));
        request.Content!.Headers.ContentEncoding.ShouldBe(["aes128gcm"]);
        body.Length.ShouldBeGreaterThan(103);

        var (scheme, parameter) = (request.Headers.Authorization!.Scheme, request.Headers.Authorization.Parameter!);
        scheme.ShouldBe("vapid");
        var key = await Keys.PublicKeyAsync(default);
        parameter.ShouldEndWith($", k={Base64Url.EncodeToString(key)}");
        var token = parameter["t=".Length..parameter.IndexOf(',', StringComparison.Ordinal)];
        var read = await new JsonWebTokenHandler().ValidateTokenAsync(token, new()
        {
            IssuerSigningKey = new ECDsaSecurityKey(ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new() { X = key[1..33], Y = key[33..] },
            })),
            ValidAudience = "https://push.example.net:8443",
            ValidAlgorithms = ["ES256"],
            ValidateIssuer = false,
        });
        read.IsValid.ShouldBeTrue(read.Exception?.ToString());
        read.Claims["sub"].ShouldBe("mailto:operator@example.com");
        (read.SecurityToken.ValidTo - TimeProvider.System.GetUtcNow().UtcDateTime).ShouldBeLessThan(TimeSpan.FromHours(24));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(202, null)]
    [InlineData(404, FailureKind.NotFound)]
    [InlineData(410, FailureKind.NotFound)]
    [InlineData(400, FailureKind.Unauthorized)]
    [InlineData(401, FailureKind.Unauthorized)]
    [InlineData(403, FailureKind.Unauthorized)]
    [InlineData(413, FailureKind.Permanent)]
    [InlineData(307, FailureKind.Permanent)]
    [InlineData(429, FailureKind.Throttled)]
    [InlineData(500, FailureKind.Transient)]
    [InlineData(502, FailureKind.Transient)]
    public async Task Each_answer_is_told_apart(int status, object? kind)
    {
        Answer = ((HttpStatusCode)status, "s3cret");
        RetryAfter = TimeSpan.FromSeconds(17);
        var result = await Services.GetServices<IAddressService>().Single(service => service.Name == "web")
            .SendAsync(Subscription("https://push.example.net/s3cret"), Message(), default);

        if (kind is null)
        {
            result.ShouldBeOfType<SendResult.Accepted>();
            return;
        }

        var failure = result.ShouldBeOfType<SendResult.Failed>().Failure;
        failure.Kind.ShouldBe((FailureKind)kind);
        failure.Error.ShouldNotContain("s3cret");
        if (status is 429 or 500)
            failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"endpoint":"https://push.example.net/1","keys":{"p256dh":"BAAA","auth":"AAAAAAAAAAAAAAAAAAAAAA"}}""")]
    [InlineData("""{"endpoint":"http://push.example.net/1","keys":{"p256dh":"BAAA","auth":"AAAAAAAAAAAAAAAAAAAAAA"}}""")]
    public async Task A_subscription_that_is_none_is_turned_off(string subscription)
    {
        var address = await AddAddressAsync("push", "web", subscription);

        (await SendAsync("push", address)).ShouldBeOfType<SendResult.Failed>().Failure.Kind.ShouldBe(FailureKind.Permanent);

        (await DisabledReasonAsync(address)).ShouldNotBeNull();
        Posted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_subscription_leads_to_no_private_address_unless_the_operator_names_its_origin()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var origin = $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await using var real = Build(network: false);
        await using var trusted = Build(network: false, ("WebPush:PrivateService", origin), ("WebPush:TimeoutSeconds", "0.5"));
        var address = await AddAddressAsync("push", "web", Subscription($"{origin}/1"));

        (await SendAsync("push", address, real)).ShouldBeOfType<SendResult.Failed>().Failure
            .ShouldBe(new ProviderFailure(FailureKind.Permanent, "localhost has no public address."));
        listener.Pending().ShouldBeFalse();

        (await SendAsync("push", address, trusted)).ShouldBeOfType<SendResult.Failed>();
        listener.Pending().ShouldBeTrue();
    }

    [Fact]
    public async Task Without_a_subject_it_is_not_configured_and_says_so()
    {
        await using var services = Build(network: true, ("WebPush:Subject", ""));

        (await services.GetServices<IAddressService>().Single(service => service.Name == "web").SendAsync("{}", Message(), default))
            .ShouldBeOfType<SendResult.Failed>().Failure.Error.ShouldContain("WebPush:Subject");
    }

    private ChannelMessage Message() => new(Guid.CreateVersion7(), Guid.Empty, "", "Please pay", Time.GetUtcNow());

    private static string Subscription(string endpoint)
    {
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = browser.ExportParameters(includePrivateParameters: false).Q;
        return JsonSerializer.Serialize(new
        {
            endpoint,
            expirationTime = (long?)null,
            keys = new
            {
                p256dh = Base64Url.EncodeToString([4, .. point.X!, .. point.Y!]),
                auth = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            },
        });
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
