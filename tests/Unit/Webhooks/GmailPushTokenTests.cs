using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Edge.Api.Webhooks;
using Switchboard.Edge.Api.Webhooks.Gmail;

namespace Switchboard.Tests.Unit.Webhooks;

public sealed class GmailPushTokenTests : IDisposable
{
    private const string Audience = "https://edge.test/api/webhooks/gmail";
    private const string Account = "push@project.iam.gserviceaccount.com";

    private readonly FakeTimeProvider _time = new();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly KeyServer _server = new();
    private readonly IOptions<GmailPushOptions> _options = Options.Create(new GmailPushOptions
    {
        PushKeysUrl = new("https://keys.test/certs"),
        PushAudience = Audience,
        PushServiceAccount = Account,
    });

    private readonly ConfigurationManager<GmailPushKeys> _keys;
    private readonly GmailPushToken _token;

    public GmailPushTokenTests()
    {
        _server.Publish("key-1", _rsa);
        _keys = GmailPushKeys.Manager(_options.Value, new(_server));
        _token = new(_keys, _options, _time);
    }

    [Fact]
    public async Task A_token_of_google_for_us_by_our_account_is_let_in() => (await IsValidAsync(Token())).ShouldBeTrue();

    [Fact]
    public async Task A_token_for_another_audience_or_account_or_from_another_issuer_is_not()
    {
        (await IsValidAsync(Token(audience: "https://other.test"))).ShouldBeFalse();
        (await IsValidAsync(Token(email: "other@project.iam.gserviceaccount.com"))).ShouldBeFalse();
        (await IsValidAsync(Token(issuer: "https://evil.test"))).ShouldBeFalse();
        (await IsValidAsync(Token(verified: false))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_is_let_in_until_a_minute_after_its_end()
    {
        var token = Token(lifetime: TimeSpan.FromMinutes(5));

        _time.Advance(TimeSpan.FromMinutes(6) - TimeSpan.FromSeconds(1));
        (await IsValidAsync(token)).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        (await IsValidAsync(token)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_signed_by_another_with_the_same_key_id_is_not()
    {
        using var other = RSA.Create(2048);

        (await IsValidAsync(Token(signer: other))).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Basic abc")]
    public async Task What_is_no_token_is_not(string? header) =>
        (await _token.IsValidAsync(header, TestContext.Current.CancellationToken)).ShouldBeFalse();

    [Fact(Timeout = 120_000)]
    public async Task Keys_are_fetched_once_and_again_when_a_token_names_a_new_one()
    {
        await IsValidAsync(Token());
        await IsValidAsync(Token());
        _server.Requests.ShouldBe(1);

        using var rotated = RSA.Create(2048);
        _server.Publish("key-2", rotated);

        // as Pub/Sub does, until it is let in
        while (!await IsValidAsync(Token(keyId: "key-2", signer: rotated)))
            await Task.Yield();
        _server.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_makes_up_key_ids_does_not_make_us_fetch_for_each()
    {
        await IsValidAsync(Token());
        (await IsValidAsync(Token(keyId: "made-up"))).ShouldBeFalse();
        await _server.Asked(2);
        for (var number = 0; number < 10; number++)
            (await IsValidAsync(Token(keyId: $"made-up-{number}"))).ShouldBeFalse();

        _server.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task While_the_keys_cannot_be_fetched_known_ones_still_verify_and_without_any_it_is_not_said_to_be_invalid()
    {
        await IsValidAsync(Token());
        _server.IsDown = true;
        _keys.RequestRefresh();
        await _server.Asked(2);
        (await IsValidAsync(Token())).ShouldBeTrue();

        var fresh = new GmailPushToken(GmailPushKeys.Manager(_options.Value, new(_server)), _options, _time);
        await Should.ThrowAsync<HttpRequestException>(() => fresh.IsValidAsync($"Bearer {Token()}", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_answer_without_keys_does_not_take_the_place_of_the_known_ones()
    {
        await IsValidAsync(Token());
        _server.Clear();
        _keys.RequestRefresh();
        await _server.Asked(2);

        (await IsValidAsync(Token())).ShouldBeTrue();
    }

    [Theory]
    [InlineData(64 * 1024, typeof(NoContent))]
    [InlineData((64 * 1024) + 1, typeof(ProblemHttpResult))]
    public async Task A_push_is_at_most_64_KiB_long(int length, Type answer)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var endpoint = Factory.Create<ReceiveGmailPush>(
            context =>
            {
                context.Request.Headers.Authorization = $"Bearer {Token()}";
                context.Request.Body = new MemoryStream(new byte[length]);
            },
            _token, null!, new WebhookMetrics(services.GetRequiredService<IMeterFactory>()), _time);

        var answered = (await endpoint.ExecuteAsync(TestContext.Current.CancellationToken)).Result;

        answered.ShouldBeOfType(answer);
        (answered as ProblemHttpResult)?.StatusCode.ShouldBe(413);
    }

    public void Dispose()
    {
        _rsa.Dispose();
        _server.Dispose();
    }

    private Task<bool> IsValidAsync(string token) => _token.IsValidAsync($"Bearer {token}", TestContext.Current.CancellationToken);

    private string Token(
        string audience = Audience, string email = Account, string issuer = "https://accounts.google.com", bool verified = true,
        string keyId = "key-1", RSA? signer = null, TimeSpan? lifetime = null)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        // without a cache, which would keep a signer beyond its key
        var key = new RsaSecurityKey(signer ?? _rsa) { KeyId = keyId, CryptoProviderFactory = new() { CacheSignatureProviders = false } };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            IssuedAt = now,
            Expires = now + (lifetime ?? TimeSpan.FromHours(3)),
            Claims = new Dictionary<string, object> { ["email"] = email, ["email_verified"] = verified },
            SigningCredentials = new(key, SecurityAlgorithms.RsaSha256),
        });
    }

    private sealed class KeyServer : HttpMessageHandler
    {
        private readonly Dictionary<string, RSAParameters> _published = [];
        private readonly TaskCompletionSource[] _asked = [new(), new()];
        private int _requests;

        public int Requests => _requests;

        public bool IsDown { get; set; }

        public void Publish(string keyId, RSA rsa) => _published[keyId] = rsa.ExportParameters(false);

        public void Clear() => _published.Clear();

        /// <summary>Once it was asked so often.</summary>
        public Task Asked(int times) => _asked[times - 1].Task.WaitAsync(TimeSpan.FromSeconds(30));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _requests);
            if (number <= _asked.Length)
                _asked[number - 1].TrySetResult();
            if (IsDown)
                throw new HttpRequestException("Away.");
            var keys = _published.Select(key =>
                $$"""
                {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "{{key.Key}}",
                 "n": "{{Base64UrlEncoder.Encode(key.Value.Modulus!)}}", "e": "{{Base64UrlEncoder.Encode(key.Value.Exponent!)}}"}
                """);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent($$"""{"keys": [{{string.Join(',', keys)}}]}"""),
            });
        }
    }
}
