using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Gmail;

/// <summary>The key that signs the JWT of pushes (RS256): a new one in each run, as a key rotation would bring.</summary>
internal sealed class PushKey : IDisposable
{
    private const int LifetimeSeconds = 3600;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly string _keyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
    private readonly GmailOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private (string Token, DateTimeOffset RenewAt) _current;

    public PushKey(IOptions<GmailOptions> options, TimeProvider time)
    {
        (_options, _time) = (options.Value, time);
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        Jwks = JsonSerializer.SerializeToUtf8Bytes(
            new Jwks([new Jwk("RSA", "RS256", "sig", _keyId, Base64Url.EncodeToString(key.Modulus), Base64Url.EncodeToString(key.Exponent))]),
            GmailJson.Default.Jwks);
    }

    /// <summary>The public key as a JWK set.</summary>
    public byte[] Jwks { get; }

    /// <summary>A token for now; the same one for half an hour, as Pub/Sub does.</summary>
    public string Token()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (now >= _current.RenewAt)
            {
                _current = (Sign(now), now.AddSeconds(LifetimeSeconds / 2));
            }

            return _current.Token;
        }
    }

    public void Dispose() => _rsa.Dispose();

    private string Sign(DateTimeOffset now)
    {
        var issued = now.ToUnixTimeSeconds();
        var header = JsonSerializer.SerializeToUtf8Bytes(new JwtHeader("RS256", _keyId, "JWT"), GmailJson.Default.JwtHeader);
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new JwtClaims(_options.PushAudience, _options.PushServiceAccount, issued + LifetimeSeconds, issued), GmailJson.Default.JwtClaims);
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        var signature = _rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
