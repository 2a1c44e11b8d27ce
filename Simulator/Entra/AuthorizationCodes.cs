using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Switchboard.Simulator.Entra;

/// <summary>The codes given out: each is good for ten minutes and once.</summary>
internal sealed class AuthorizationCodes(TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, AuthorizationCode> _codes = new();

    public string Issue(AuthorizationCode code)
    {
        foreach (var (old, other) in _codes)
        {
            if (other.ExpiresAt <= time.GetUtcNow())
            {
                _codes.TryRemove(old, out _);
            }
        }

        var text = "M.C5_SIM.2.U." + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(36));
        _codes[text] = code;
        return text;
    }

    /// <summary>Takes a code; null when there is none, or no more.</summary>
    public AuthorizationCode? Take(string? code) =>
        code is not null && _codes.TryRemove(code, out var taken) && taken.ExpiresAt > time.GetUtcNow() ? taken : null;
}
