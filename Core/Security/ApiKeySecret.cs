using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Core.Security;

/// <summary>A key as its owner holds it: <c>sb_</c> and 43 random characters. Only its hash is kept.</summary>
public static class ApiKeySecret
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "sb_";

    private const int RandomBytes = 32;
    private const int ShownLength = 10;
    private const int MaxLength = 128;

    /// <summary>A new key.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The first characters, by which its owner recognises it.</summary>
    public static string Shown(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key[..Math.Min(ShownLength, key.Length)];
    }

    /// <summary>Whether it could be a key at all.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> key) =>
        key.Length <= MaxLength && key.StartsWith(Prefix, StringComparison.Ordinal) && Ascii.IsValid(key);

    /// <summary>SHA-256: a key is random and long, so a fast hash is enough.</summary>
    public static byte[] Hash(ReadOnlySpan<char> key)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        return SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(key, bytes)]);
    }
}
