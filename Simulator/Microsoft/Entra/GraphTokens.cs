using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// The tokens of the identity platform. An access token is good for a while; a refresh token until its grant is revoked. A refresh gives a
/// new one and, as at Microsoft, leaves the old one good, unless <see cref="SingleUse"/> says otherwise. Refresh tokens are signed, not
/// stored: they outlive the process, as Microsoft's do.
/// </summary>
internal sealed class GraphTokens(IOptions<GraphOptions> options, TimeProvider timeProvider)
{
    private const string RefreshPrefix = "0.AX0Asim";
    private const int SignatureBytes = 16;
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes($"refresh tokens of {options.Value.ClientId} {options.Value.ClientSecret}"));
    private readonly ConcurrentDictionary<string, Access> _access = new();
    private readonly ConcurrentDictionary<string, int> _revocations = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _spent = new();
    private DateTimeOffset _sweptAt;

    /// <summary>How long a token given out from now on is good for, in seconds.</summary>
    public int LifetimeSeconds { get; set; } = options.Value.AccessTokenSeconds;

    /// <summary>Whether a refresh token is good for one refresh only.</summary>
    public bool SingleUse { get; set; }

    /// <summary>The number of times that a mailbox's grants were revoked: goes with each token given out for it.</summary>
    public int Revocations(string address) => _revocations.GetValueOrDefault(address);

    public void Revoke(string address) => _revocations.AddOrUpdate(address, 1, (_, count) => count + 1);

    /// <summary>Makes every access token given out so far worthless.</summary>
    public void ExpireAll() => _access.Clear();

    public string IssueAccess(string address)
    {
        var now = timeProvider.GetUtcNow();
        Sweep(now);
        var token = "EwB4A8l6BAAU" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(96));
        _access[token] = new Access(address, Revocations(address), now.AddSeconds(LifetimeSeconds));
        return token;
    }

    /// <summary>Whose mailbox an access token opens; null when it is wrong, expired or revoked.</summary>
    public string? AddressOf(string token) =>
        _access.TryGetValue(token, out var access) && access.ExpiresAt > timeProvider.GetUtcNow()
            && access.Revocations == Revocations(access.Address)
            ? access.Address
            : null;

    public string IssueRefresh(string address)
    {
        var payload = Encoding.UTF8.GetBytes(string.Join(
            '|', address, Revocations(address).ToString(CultureInfo.InvariantCulture),
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))));
        return $"{RefreshPrefix}.{Base64Url.EncodeToString(payload)}.{Base64Url.EncodeToString(Sign(payload))}";
    }

    /// <summary>Reads a refresh token, and spends it where it is good for once.</summary>
    /// <param name="token">The token.</param>
    /// <param name="isRevoked">Whether it was good once.</param>
    /// <returns>Whose grant it is; null when it is not good.</returns>
    public string? ReadRefresh(string? token, out bool isRevoked)
    {
        isRevoked = false;
        if (token?.Split('.') is not ["0", _, var encoded, var signature]
            || !token.StartsWith(RefreshPrefix + '.', StringComparison.Ordinal)
            || !Base64Url.IsValid(encoded) || !Base64Url.IsValid(signature))
        {
            return null;
        }

        var payload = Base64Url.DecodeFromChars(encoded);
        if (!CryptographicOperations.FixedTimeEquals(Sign(payload), Base64Url.DecodeFromChars(signature))
            || Encoding.UTF8.GetString(payload).Split('|') is not [var address, var revocations, _])
        {
            return null;
        }

        isRevoked = revocations != Revocations(address).ToString(CultureInfo.InvariantCulture)
            || (SingleUse && !_spent.TryAdd(token, true));
        return isRevoked ? null : address;
    }

    private byte[] Sign(byte[] payload) => HMACSHA256.HashData(_key, payload)[..SignatureBytes];

    private void Sweep(DateTimeOffset now)
    {
        if (now - _sweptAt < TimeSpan.FromSeconds(10))
        {
            return;
        }

        _sweptAt = now;
        foreach (var (token, access) in _access)
        {
            if (access.ExpiresAt <= now)
            {
                _access.TryRemove(token, out _);
            }
        }
    }

    private sealed record Access(string Address, int Revocations, DateTimeOffset ExpiresAt);
}
