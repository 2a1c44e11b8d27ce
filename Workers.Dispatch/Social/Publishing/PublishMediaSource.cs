using Switchboard.Core.Media;
using Switchboard.Core.Providers;
using Switchboard.Core.Social.Media;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>The files of a post, with a link to each that is good for as long as a platform may take to fetch it.</summary>
internal sealed class PublishMediaSource(SocialMediaStore store, SocialMediaLinks links, IMediaStore files)
{
    // a platform that fetches a file later than this has given up on it
    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(24);

    // where no address of ours is configured: nothing is there
    private static readonly Uri Nowhere = new("about:blank");

    /// <summary>The files, in the order of their ids.</summary>
    /// <exception cref="ProviderException">One is not there, or not whole.</exception>
    public async Task<IReadOnlyList<PublishMedia>> FindAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return [];
        var found = await store.FindAsync(userId, ids, cancellationToken);
        return [.. ids.Select(id => found.TryGetValue(id, out var media)
            ? new PublishMedia(
                id, media.ContentType ?? "", media.TotalBytes, media.AltText, media.Width, media.Height,
                links.UrlFor(id, userId, LinkLife) ?? Nowhere, token => OpenAsync(userId, id, token))
            : throw Missing(id))];
    }

    private async Task<Stream> OpenAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        await files.OpenAsync(SocialMediaKey.Of(userId, id), cancellationToken) ?? throw Missing(id);

    private static ProviderException Missing(Guid id) =>
        new(FailureKind.Permanent, $"The file {id} is not in the media library, or not ready.");
}
