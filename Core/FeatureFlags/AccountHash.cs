using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// On which side of a percentage an account falls: by the first bytes of SHA-256 over the flag and the account's id, so the same in every
/// process, after every restart and for ever; another for each flag, so it is not always the same accounts that go first.
/// </summary>
internal static class AccountHash
{
    /// <summary>From 0 to 99. An account is in when this is below the percentage: raising that takes nobody out.</summary>
    public static int Bucket(string flag, string account)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{flag}:{account}"), hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % 100);
    }

    /// <summary>Whether the feature is on for the account. What belongs to no account is in at 100 alone.</summary>
    public static bool IsIn(string flag, string? account, int percentage) =>
        percentage >= 100 || (!string.IsNullOrEmpty(account) && Bucket(flag, account) < percentage);
}
