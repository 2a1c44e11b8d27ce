using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Gmail;

/// <summary>The key that signs the JWT of pushes (RS256): a new one in each run, as a rotation brings it.</summary>
internal sealed class PushKey(IOptions<GmailOptions> options, TimeProvider time) : IDisposable
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
        return new Jwks([new Jwk("RSA", "RS256", "sig", _keyId, Base64Url.EncodeToString(key.Modulus), Base64Url.EncodeToString(key.Exponent))]);
    }

    /// <summary>A token for now; the same one for half an hour, as Pub/Sub does.</summary>
    public string Token()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
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
            new JwtClaims(options.Value.PushAudience, options.Value.PushServiceAccount, issued + LifetimeSeconds, issued), GmailJson.Default.JwtClaims);
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        var signature = _rsa.Value.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
