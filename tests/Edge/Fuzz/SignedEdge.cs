using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Switchboard.Tests.Edge.Fuzz;

/// <summary>An edge with a broker, and who signs for each provider as its guide says, by code that the product does not share.</summary>
public sealed class SignedEdge : FuzzedEdge
{
    private const string KeyId = "key-1";

    private readonly BrokerServer _broker = new();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly WebApplication _keys;
    private string _pushToken = "";

    public SignedEdge()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _keys = builder.Build();
        var parameters = _rsa.ExportParameters(includePrivateParameters: false);
        var (modulus, exponent) = (Base64UrlEncoder.Encode(parameters.Modulus!), Base64UrlEncoder.Encode(parameters.Exponent!));
        _keys.MapGet("/certs", () => Results.Text(
            $$"""{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"{{KeyId}}","n":"{{modulus}}","e":"{{exponent}}"}]}""", "application/json"));
    }

    public string Broker => _broker.ConnectionString;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(base.Settings)
    {
        ["ConnectionStrings__rabbitmq"] = _broker.ConnectionString,
        ["Jobs__ConfirmTimeoutSeconds"] = "20",
        ["Gmail__PushKeysUrl"] = $"{_keys.Urls.First()}/certs",
    };

    public override async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        await _keys.StartAsync();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        _pushToken = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "https://accounts.google.com",
            Audience = "http://localhost:5080/api/webhooks/gmail",
            IssuedAt = now,
            Expires = now.AddHours(3),
            Claims = new Dictionary<string, object> { ["email"] = "gmail-push@demo.iam.gserviceaccount.com", ["email_verified"] = true },
            SigningCredentials = new(new RsaSecurityKey(_rsa) { KeyId = KeyId }, SecurityAlgorithms.RsaSha256),
        });
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _keys.DisposeAsync();
        await _broker.DisposeAsync();
        _rsa.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends it, signed rightly.</summary>
    internal async Task<(HttpStatusCode Status, string Text, bool IsTimed)> PostAsync(HttpClient http, OddWebhook webhook)
    {
        var isSignedInQuery = webhook is { Signer: WebhookSigner.Twilio, Fields: null };
        var target = isSignedInQuery
            ? $"{webhook.Target}{(webhook.Target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}bodySHA256={Convert.ToHexStringLower(SHA256.HashData(webhook.Body))}"
            : webhook.Target;
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(webhook.Body) };
        request.Content.Headers.TryAddWithoutValidation(
            "Content-Type", webhook.Fields is null ? "application/json" : "application/x-www-form-urlencoded");
        if (SignatureOf(webhook, target) is var (name, value))
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Contains("X-Response-Time"));
    }

    // Graph's shows in the body what it was made with
    private (string Name, string Value)? SignatureOf(OddWebhook webhook, string target) => webhook.Signer switch
    {
#pragma warning disable CA5350 // the provider's choice
        WebhookSigner.Twilio => ("X-Twilio-Signature", Convert.ToBase64String(HMACSHA1.HashData(
            "demo-twilio-token"u8, [.. Encoding.UTF8.GetBytes($"http://localhost:5080{target}"), .. Signed(webhook.Fields ?? [])]))),
#pragma warning restore CA5350
        WebhookSigner.WhatsApp => (
            "X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData("demo-whatsapp-secret"u8, webhook.Body))}"),
        WebhookSigner.Gmail => ("Authorization", $"Bearer {_pushToken}"),
        _ => null,
    };

    private static IEnumerable<byte> Signed(IReadOnlyList<(string Name, byte[] Value)> fields) => fields
        .OrderBy(field => field.Name, StringComparer.Ordinal)
        .SelectMany(field => Encoding.UTF8.GetBytes(field.Name).Concat(field.Value));
}
