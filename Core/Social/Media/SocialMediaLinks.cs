using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Switchboard.Core.Security;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Core.Social.Media;

/// <summary>A file that a link opens.</summary>
/// <param name="MediaId">The file.</param>
/// <param name="UserId">Whose.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record MediaLinkTarget(Guid MediaId, Guid UserId, DateTimeOffset ExpiresAt);

/// <summary>
/// Links by which platforms fetch media, without a key: <c>{Social:PublicBaseUrl}/m/{token}</c>. A token is base64url of version, file,
/// user, when it ends (milliseconds since 1970) and a signature by <c>Encryption:Key</c> (or one of <c>Encryption:PreviousKeys</c>).
/// </summary>
public sealed class SocialMediaLinks(SecretProtector secrets, IOptions<SocialOptions> options, TimeProvider timeProvider)
{
    /// <summary>What the path of a file begins with.</summary>
    public const string Path = "/m/";

    private const string Purpose = "social-media-link";
    private const byte Version = 1;
    private const int IdBytes = 16;
    private const int TimeAt = 1 + (2 * IdBytes);
    private const int SignatureAt = TimeAt + sizeof(long);
    private const int TokenBytes = SignatureAt + SecretProtector.SignatureBytes;

    /// <summary>A link to a file that is good for so long; null where <c>Social:PublicBaseUrl</c> is not set.</summary>
    public Uri? UrlFor(Guid mediaId, Guid userId, TimeSpan life) => options.Value.PublicBaseUrl is { } address
        ? new($"{address.AbsoluteUri.TrimEnd('/')}{Path}{TokenFor(mediaId, userId, timeProvider.GetUtcNow() + life)}")
        : null;

    /// <summary>The last part of the link.</summary>
    public string TokenFor(Guid mediaId, Guid userId, DateTimeOffset expiresAt)
    {
        var token = new byte[TokenBytes];
        token[0] = Version;
        mediaId.TryWriteBytes(token.AsSpan(1), bigEndian: true, out _);
        userId.TryWriteBytes(token.AsSpan(1 + IdBytes), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(TimeAt), expiresAt.ToUnixTimeMilliseconds());
        secrets.Sign(token.AsSpan(0, SignatureAt), Purpose).CopyTo(token, SignatureAt);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a token, one that has ended too; false if it is none of ours, or was changed.</summary>
    public bool TryRead(string? token, [NotNullWhen(true)] out MediaLinkTarget? target)
    {
        target = null;
        if (token is null || token.Length != Base64Url.GetEncodedLength(TokenBytes) || !Base64Url.IsValid(token))
            return false;
        var bytes = Base64Url.DecodeFromChars(token).AsSpan();
        if (bytes.Length != TokenBytes || bytes[0] != Version || !secrets.IsSignedBy(bytes[..SignatureAt], bytes[SignatureAt..], Purpose))
            return false;
        target = new(
            new(bytes[1..(1 + IdBytes)], bigEndian: true),
            new(bytes[(1 + IdBytes)..TimeAt], bigEndian: true),
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes[TimeAt..])));
        return true;
    }
}
