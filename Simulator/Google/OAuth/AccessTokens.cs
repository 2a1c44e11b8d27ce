using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Google;

/// <summary>Which mailboxes authorized the application, and the access tokens issued on it.</summary>
internal sealed class AccessTokens(IOptions<GmailOptions> options, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, IssuedToken> _issued = new();
    private readonly ConcurrentDictionary<string, bool> _revoked = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _declining = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _consented = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a token given out from now on is good for, in seconds.</summary>
    public int LifetimeSeconds { get; set; } = options.Value.AccessTokenSeconds;

    /// <summary>The grant that a refresh token stands for.</summary>
    /// <returns>Null when nobody has ever seen the token.</returns>
    public MailboxGrant? Read(string? refreshToken)
    {
        var shared = options.Value.RefreshToken;
        return refreshToken is null || !refreshToken.StartsWith(shared, StringComparison.Ordinal) ? null
            : refreshToken.Length == shared.Length ? new MailboxGrant(Mailboxes.Demo, OpensAll: true)
            : refreshToken[shared.Length] == ':' ? new MailboxGrant(refreshToken[(shared.Length + 1)..], OpensAll: false)
            : null;
    }

    public string RefreshTokenOf(string address) => $"{options.Value.RefreshToken}:{address}";

    public bool IsRevoked(string address) => _revoked.ContainsKey(address);

    public void Revoke(string address)
    {
        _revoked[address] = true;
        _consented.TryRemove(address, out _);
    }

    public void Restore(string address) => _revoked.TryRemove(address, out _);

    /// <summary>Whether the account holder declines when they are asked.</summary>
    public bool IsDeclining(string address) => _declining.ContainsKey(address);

    /// <summary>What the account holder does when they are asked from now on.</summary>
    public void Answer(string address, bool consents)
    {
        if (consents)
        {
            _declining.TryRemove(address, out _);
        }
        else
        {
            _declining[address] = true;
        }
    }

    /// <summary>Notes that the account holder has consented: whether for the first time.</summary>
    public bool Consent(string address)
    {
        Restore(address);
        return _consented.TryAdd(address, true);
    }

    /// <summary>Ends the grant that a token of either kind stands for, as its application may.</summary>
    public bool RevokeToken(string? token)
    {
        if ((Read(token) ?? (token is null ? null : Check(token))) is not { } grant || IsRevoked(grant.Address))
        {
            return false;
        }

        Revoke(grant.Address);
        return true;
    }

    public string Issue(MailboxGrant grant)
    {
        var now = timeProvider.GetUtcNow();
        foreach (var (old, issued) in _issued)
        {
            if (issued.ExpiresAt <= now)
            {
                _issued.TryRemove(old, out _);
            }
        }

        var token = "ya29." + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(48));
        _issued[token] = new IssuedToken(grant, now.AddSeconds(LifetimeSeconds));
        return token;
    }

    /// <summary>The grant behind a token; null when it is wrong, expired or revoked.</summary>
    public MailboxGrant? Check(string token) =>
        _issued.TryGetValue(token, out var issued) && issued.ExpiresAt > timeProvider.GetUtcNow() && !IsRevoked(issued.Grant.Address)
            ? issued.Grant
            : null;

    /// <summary>Makes every token given out so far worthless.</summary>
    public void ExpireAll() => _issued.Clear();

    private sealed record IssuedToken(MailboxGrant Grant, DateTimeOffset ExpiresAt);
}

/// <summary>What the account holder of a mailbox allowed.</summary>
/// <param name="Address">Whose mailbox: what <c>me</c> stands for.</param>
/// <param name="OpensAll">Whether it opens the others too.</param>
internal sealed record MailboxGrant(string Address, bool OpensAll);
