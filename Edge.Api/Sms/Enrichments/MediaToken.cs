using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>
/// What opens one file for a while: base64url of the item's id (16 bytes) and when it ends (8, ticks), encrypted and authenticated.
/// Who has it needs no key, so it can stand in a page.
/// </summary>
/// <param name="ItemId">The item whose file it opens.</param>
/// <param name="ExpiresAt">When it does no more.</param>
internal readonly record struct MediaToken(Guid ItemId, DateTimeOffset ExpiresAt)
{
    private const string Purpose = "media-link";
    private const int ContentLength = 16 + sizeof(long);
    private const int LongestText = 200;

    /// <summary>Whether it opens its file no more.</summary>
    public bool HasEnded(DateTimeOffset now) => now >= ExpiresAt;

    /// <summary>The token as links carry it.</summary>
    public string Encode(SecretProtector secrets)
    {
        Span<byte> content = stackalloc byte[ContentLength];
        ItemId.TryWriteBytes(content, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(content[16..], ExpiresAt.UtcTicks);
        return Base64Url.EncodeToString(secrets.Protect(content, Purpose));
    }

    /// <summary>Reads a token, expired ones too; false if it is none of ours, or was changed.</summary>
    public static bool TryDecode(SecretProtector secrets, string? text, out MediaToken token)
    {
        token = default;
        if (text is null or { Length: > LongestText } || !Base64Url.IsValid(text))
            return false;
        try
        {
            var content = secrets.UnprotectBytes(Base64Url.DecodeFromChars(text), Purpose);
            if (content.Length != ContentLength)
                return false;
            token = new(
                new(content.AsSpan(0, 16), bigEndian: true),
                new(BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(16)), TimeSpan.Zero));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
