using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Switchboard.Core.Security;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>How the edge is called from outside; section <c>Notifications</c>.</summary>
public sealed class PublicLinkOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Notifications";

    /// <summary>What links in messages begin with, such as <c>https://switchboard.example</c>; left out, messages have none.</summary>
    public Uri? PublicBaseUrl { get; set; }
}

/// <summary>Whose choice a link opens, and what it was sent for.</summary>
/// <param name="UserId">Whose recipient it is.</param>
/// <param name="RecipientId">The recipient.</param>
/// <param name="Category">The category of the message that had the link.</param>
public sealed record UnsubscribeTarget(Guid UserId, Guid RecipientId, string Category);

/// <summary>
/// Links by which whoever has the message changes what its recipient wants (RFC 8058), without a key or login: <c>{base}/u/{token}</c>. A
/// token is base64url of version, user, recipient, category and a signature by <c>Encryption:Key</c>; it does not end, since a mail may be
/// read after years. With a former key it is good as long as that is one of <c>Encryption:PreviousKeys</c>.
/// </summary>
public sealed class UnsubscribeLinks(SecretProtector secrets, IOptions<PublicLinkOptions> options)
{
    /// <summary>What the page's path begins with.</summary>
    public const string Path = "/u/";

    private const string Purpose = "unsubscribe-link";
    private const byte Version = 1;
    private const int IdBytes = 16;
    private const int CategoryAt = 1 + (2 * IdBytes);
    private const int LongestToken = 512;

    /// <summary>The link of a message; null where <c>Notifications:PublicBaseUrl</c> is not set.</summary>
    public string? UrlFor(Guid userId, Guid recipientId, string category) =>
        options.Value.PublicBaseUrl is { } address
            ? $"{address.AbsoluteUri.TrimEnd('/')}{Path}{TokenFor(userId, recipientId, category)}"
            : null;

    /// <summary>The last part of the link.</summary>
    public string TokenFor(Guid userId, Guid recipientId, string category)
    {
        var name = Encoding.UTF8.GetBytes(category);
        var token = new byte[CategoryAt + name.Length + SecretProtector.SignatureBytes];
        token[0] = Version;
        userId.TryWriteBytes(token.AsSpan(1), bigEndian: true, out _);
        recipientId.TryWriteBytes(token.AsSpan(1 + IdBytes), bigEndian: true, out _);
        name.CopyTo(token, CategoryAt);
        secrets.Sign(token.AsSpan(0, CategoryAt + name.Length), Purpose).CopyTo(token, CategoryAt + name.Length);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a token; false if it is none of ours, or was changed.</summary>
    public bool TryRead(string? token, [NotNullWhen(true)] out UnsubscribeTarget? target)
    {
        target = null;
        if (token is null or { Length: > LongestToken } || !Base64Url.IsValid(token))
            return false;
        var bytes = Base64Url.DecodeFromChars(token).AsSpan();
        if (bytes.Length <= CategoryAt + SecretProtector.SignatureBytes || bytes[0] != Version)
            return false;
        var signed = bytes[..^SecretProtector.SignatureBytes];
        if (!secrets.IsSignedBy(signed, bytes[signed.Length..], Purpose))
            return false;
        target = new(
            new(signed[1..(1 + IdBytes)], bigEndian: true),
            new(signed[(1 + IdBytes)..CategoryAt], bigEndian: true),
            Encoding.UTF8.GetString(signed[CategoryAt..]));
        return true;
    }
}
