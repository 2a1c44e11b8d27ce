using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Switchboard.Edge.Api.Webhooks.WhatsApp;

/// <summary>
/// The header <c>X-Hub-Signature-256: sha256=&lt;hex of HMAC-SHA256(app secret, raw body)&gt;</c>
/// (Meta's guide to webhooks, "Validate Payloads").
/// </summary>
internal static class HubSignature
{
    public const string Header = "X-Hub-Signature-256";

    private const string Prefix = "sha256=";

    /// <summary>Whether the header signs this body; compared in constant time.</summary>
    public static bool IsValid(string? header, ReadOnlySequence<byte> body, string secret)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (header is null
            || header.Length != Prefix.Length + 2 * given.Length
            || !header.StartsWith(Prefix, StringComparison.Ordinal)
            || Convert.FromHexString(header.AsSpan(Prefix.Length), given, out _, out _) != OperationStatus.Done)
            return false;

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        foreach (var part in body)
            hmac.AppendData(part.Span);
        return CryptographicOperations.FixedTimeEquals(hmac.GetHashAndReset(), given);
    }
}
