using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Google;

/// <summary>One Pub/Sub message of Gmail; it keeps its id when it is delivered again.</summary>
/// <param name="MessageId">Pub/Sub's id.</param>
/// <param name="Address">Whose mailbox changed.</param>
/// <param name="HistoryId">Up to where.</param>
/// <param name="PublishedAt">When.</param>
internal sealed record Push(long MessageId, string Address, long HistoryId, DateTimeOffset PublishedAt)
{
    public HttpRequestMessage ToRequest(string token)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(new PushData(Address, HistoryId), GmailJson.Default.PushData);
        var id = MessageId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var at = PublishedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new PushBody(new PushMessage(UrlSafe(data), id, id, at, at), "projects/demo/subscriptions/gmail-push"),
            GmailJson.Default.PushBody);
        return new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/gmail")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }

    // base64url, with the padding that many decoders want
    private static string UrlSafe(byte[] data) =>
        new StringBuilder(Convert.ToBase64String(data)).Replace('+', '-').Replace('/', '_').ToString();
}

/// <summary>What Gmail says: the history id is a number here, though the guide shows a string.</summary>
internal sealed record PushData(string EmailAddress, long HistoryId);

/// <summary>The body of a Pub/Sub push.</summary>
internal sealed record PushBody(PushMessage Message, string Subscription);

/// <summary>Its message; Pub/Sub writes id and time in both spellings.</summary>
internal sealed record PushMessage(
    string Data,
    string MessageId,
    [property: System.Text.Json.Serialization.JsonPropertyName("message_id")] string MessageIdToo,
    string PublishTime,
    [property: System.Text.Json.Serialization.JsonPropertyName("publish_time")] string PublishTimeToo);

/// <summary>The key that signs the JWT of pushes (RS256): a new one in each run, as a rotation brings it.</summary>
internal sealed class PushKey(IOptions<GmailOptions> options, TimeProvider timeProvider) : IDisposable
{
    private const int LifetimeSeconds = 3600;
    private readonly Lazy<RSA> _rsa = new(() => RSA.Create(2048));
    private readonly string _keyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
    private readonly Lock _lock = new();
    private (string Token, DateTimeOffset RenewAt) _current;

    /// <summary>The public key as a JWK set.</summary>
    public Jwks Jwks()
    {
        var key = _rsa.Value.ExportParameters(includePrivateParameters: false);
        return new Jwks(
            [new Jwk("RSA", "RS256", "sig", _keyId, Base64Url.EncodeToString(key.Modulus), Base64Url.EncodeToString(key.Exponent))]);
    }

    /// <summary>A token for now; the same one for half an hour, as Pub/Sub does.</summary>
    public string Token()
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            if (now >= _current.RenewAt)
            {
                _current = (Sign(now), now.AddSeconds(LifetimeSeconds / 2));
            }

            return _current.Token;
        }
    }

    public void Dispose()
    {
        if (_rsa.IsValueCreated)
        {
            _rsa.Value.Dispose();
        }
    }

    private string Sign(DateTimeOffset now)
    {
        var issued = now.ToUnixTimeSeconds();
        var header = JsonSerializer.SerializeToUtf8Bytes(new JwtHeader("RS256", _keyId, "JWT"), GmailJson.Default.JwtHeader);
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new JwtClaims(options.Value.PushAudience, options.Value.PushServiceAccount, issued + LifetimeSeconds, issued),
            GmailJson.Default.JwtClaims);
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        var signature = _rsa.Value.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}

/// <summary>A set of public keys (RFC 7517).</summary>
internal sealed record Jwks(IReadOnlyList<Jwk> Keys);

/// <summary>One of them.</summary>
internal sealed record Jwk(string Kty, string Alg, string Use, string Kid, string N, string E);

/// <summary>The header of a signed token.</summary>
internal sealed record JwtHeader(string Alg, string Kid, string Typ);

/// <summary>The claims of a push: what Pub/Sub signs with the account that the subscription names.</summary>
internal sealed record JwtClaims(string Aud, string Email, long Exp, long Iat)
{
    public string Azp => "105550000000000000000";

    [System.Text.Json.Serialization.JsonPropertyName("email_verified")]
    public bool EmailVerified => true;

    public string Iss => "https://accounts.google.com";

    public string Sub => Azp;
}
