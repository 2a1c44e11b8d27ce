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
internal sealed class MediaLinks(SecretProtector secrets, IOptions<MediaLinkOptions> options, TimeProvider clock)
{
    /// <summary>A link to the file of an item.</summary>
    public MediaLink For(EnrichmentResponse item, HttpRequest request)
    {
        // whole seconds: what is told is when it ends
        var now = clock.GetUtcNow();
        var expiresAt = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerSecond)).AddMinutes(options.Value.LinkMinutes);
        var token = new MediaToken(item.Id, expiresAt).Encode(secrets);
        return new($"{Base(request)}/api/media/{token}", expiresAt, item.ContentType, item.SizeBytes);
    }

    private string Base(HttpRequest request) => options.Value.PublicBaseUrl is { } address
        ? address.AbsoluteUri.TrimEnd('/')
        : UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase).TrimEnd('/');
}
