using System.Buffers.Binary;
using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>Where a file can be fetched, without a key.</summary>
/// <param name="Url">The address.</param>
/// <param name="ExpiresAt">Until when; a new one comes with each answer.</param>
/// <param name="ContentType">What the file is.</param>
/// <param name="SizeBytes">How large it is.</param>
internal sealed record MediaLink(string Url, DateTimeOffset ExpiresAt, string? ContentType, long? SizeBytes);

/// <summary>Makes links to files that end.</summary>
internal sealed class MediaLinks(SecretProtector secrets, IOptions<MediaLinkOptions> options, TimeProvider timeProvider)
{
    /// <summary>A link to the file of an item.</summary>
    public MediaLink For(EnrichmentResponse item, HttpRequest request)
    {
        // whole seconds: what is told is when it ends
        var now = timeProvider.GetUtcNow();
        var expiresAt = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerSecond)).AddMinutes(options.Value.LinkMinutes);
        var token = new MediaToken(item.Id, expiresAt).Encode(secrets);
        return new($"{Base(request)}/api/media/{token}", expiresAt, item.ContentType, item.SizeBytes);
    }

    private string Base(HttpRequest request) => options.Value.PublicBaseUrl is { } address
        ? address.AbsoluteUri.TrimEnd('/')
        : UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase).TrimEnd('/');
}

/// <summary>
/// What opens one file for a while: base64url of the item's id (16 bytes) and when it ends (8, ticks), encrypted and authenticated.
/// It needs no key, so it can stand in a page.
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

/// <summary>How links to files are made.</summary>
internal sealed class MediaLinkOptions
{
    /// <summary>For how many minutes a link opens its file.</summary>
    [ConfigurationKeyName("Media:LinkMinutes")]
    [Range(1, 1_440)]
    public int LinkMinutes { get; set; } = 15;

    /// <summary>How the edge is called from outside; left out, links begin with the address that the request came to.</summary>
    [ConfigurationKeyName("Twilio:PublicBaseUrl")]
    public Uri? PublicBaseUrl { get; set; }
}
