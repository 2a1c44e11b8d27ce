using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Gmail;

/// <summary>Which mailboxes have given their consent, and the access tokens given out on it.</summary>
internal sealed class AccessTokens(IOptions<GmailOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Grant> _granted = new();
    private readonly ConcurrentDictionary<string, bool> _revoked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a token given out from now on is good for, in seconds.</summary>
    public int LifetimeSeconds { get; set; } = options.Value.AccessTokenSeconds;

    /// <summary>Whose consent a refresh token is.</summary>
    /// <returns>Null when nobody has ever seen the token.</returns>
    public Consent? Read(string? refreshToken)
    {
        var shared = options.Value.RefreshToken;
        return refreshToken is null || !refreshToken.StartsWith(shared, StringComparison.Ordinal) ? null
            : refreshToken.Length == shared.Length ? new Consent(Mailboxes.Demo, OpensAll: true)
            : refreshToken[shared.Length] == ':' ? new Consent(refreshToken[(shared.Length + 1)..], OpensAll: false)
            : null;
    }

    public string RefreshTokenOf(string address) => $"{options.Value.RefreshToken}:{address}";

    public bool IsRevoked(string address) => _revoked.ContainsKey(address);

    public void Revoke(string address) => _revoked[address] = true;

    public void Restore(string address) => _revoked.TryRemove(address, out _);

    public string Issue(Consent consent)
    {
        var now = time.GetUtcNow();
        foreach (var (old, grant) in _granted)
        {
            if (grant.ExpiresAt <= now)
            {
                _granted.TryRemove(old, out _);
            }
        }

        var token = "ya29." + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(48));
        _granted[token] = new Grant(consent, now.AddSeconds(LifetimeSeconds));
        return token;
    }

    /// <summary>The consent behind a token; null when it is wrong, expired or revoked.</summary>
    public Consent? Check(string token) =>
        _granted.TryGetValue(token, out var grant) && grant.ExpiresAt > time.GetUtcNow() && !IsRevoked(grant.Consent.Address) ? grant.Consent : null;

    /// <summary>Makes every token given out so far worthless.</summary>
    public void ExpireAll() => _granted.Clear();

    private sealed record Grant(Consent Consent, DateTimeOffset ExpiresAt);
}
