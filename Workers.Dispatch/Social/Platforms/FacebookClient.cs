using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// Pages of Facebook (Meta's <c>pages-api/posts</c>): photos are fetched first and are in no post until the feed names them; a video is
/// fetched by the request that posts it. There is no key against doubles: what is in doubt is looked for among the page's posts.
/// </summary>
internal sealed class FacebookClient : ISocialPlatform
{
    private const string Label = "Facebook";

    // a photo that is in no post is kept for a day
    private static readonly TimeSpan PhotoLife = TimeSpan.FromHours(20);

    private readonly PlatformCalls _calls;
    private readonly TimeProvider _timeProvider;

    public FacebookClient(IPlatformAccess access, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _calls = new(Name, access, timeProvider, answer => MetaGraph.FailureOf(Label, answer));
    }

    public string Name => SocialPlatforms.Facebook;

    public async Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (target.Media.Count == 0 || target.Media[0].IsVideo)
            return Preparation.Ready;
        var (photos, lookAgain) = await new MediaPreparation(
            PhotoLife, media => UploadAsync(target, media, cancellationToken), photo => Task.FromResult<PreparedMedia?>(photo)).RunAsync(
            target.Media, PreparedPost.Of(target).Media, _timeProvider.GetUtcNow());
        return new(new PreparedPost(photos).Write(), lookAgain);
    }

    public Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var page = target.Account.ExternalId;
        return _calls.CreateAsync(
            target.Account,
            () => target.Media is [{ IsVideo: true } video, ..]
                ? MetaGraph.Post($"{page}/videos", ("file_url", video.PublicUrl.AbsoluteUri), ("description", MessageOf(target)))
                : MetaGraph.Post($"{page}/feed", [
                    ("message", MessageOf(target)),
                    ("link", target.Media.Count == 0 && !string.IsNullOrEmpty(target.Link) ? target.Link : null),
                    .. PreparedPost.Of(target).Media.Select((photo, i) => (
                        string.Create(CultureInfo.InvariantCulture, $"attached_media[{i}]"),
                        (string?)JsonSerializer.Serialize(new(photo.Id), FacebookJson.Default.FacebookMedia))),
                ]),
            answer => answer.Read(MetaJson.Default.MetaId) is { Id: { } id } ? new(id, UrlOf(id), RateHeaders.OfMeta(answer)) : null,
            cancellationToken);
    }

    public Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken)
    {
        // with its link where it had media, which are not named any more when it is read back
        string[] texts = [target.Text, PostRules.WithLink(target.Text, target.Link)];
        return RecentPosts.FindAsync(target, texts, sentAt, _timeProvider.GetUtcNow(), async () =>
        {
            var (since, until) = ((sentAt - RecentPosts.Skew).ToUnixTimeSeconds(), (sentAt + RecentPosts.Window).ToUnixTimeSeconds());
            var list = await _calls.AskAsync(
                target.Account,
                () => MetaGraph.Get(
                    $"{target.Account.ExternalId}/published_posts?fields=id,message,created_time,permalink_url&limit=100" +
                    string.Create(CultureInfo.InvariantCulture, $"&since={since}&until={until}")),
                FacebookJson.Default.FacebookList, cancellationToken);
            return [.. (list.Data ?? []).Select(post => new RecentPost(
                post.Id, post.Message ?? "", MetaGraph.TimeOf(post.CreatedTime), post.PermalinkUrl ?? UrlOf(post.Id)))];
        });
    }

    public Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken) =>
        _calls.DeleteAsync(account, () => new(HttpMethod.Delete, Uri.EscapeDataString(remoteId)), cancellationToken);

    public async Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        var page = await _calls.AskAsync(
            account, () => MetaGraph.Get($"{account.ExternalId}?fields=name,username"), FacebookJson.Default.FacebookPage,
            cancellationToken);
        return new(page.Username ?? page.Name ?? account.Handle, page.Name);
    }

    private async Task<PreparedMedia> UploadAsync(PublishTarget target, PublishMedia media, CancellationToken cancellationToken)
    {
        var photo = await _calls.AskAsync(
            target.Account,
            () => MetaGraph.Post(
                $"{target.Account.ExternalId}/photos",
                ("url", media.PublicUrl.AbsoluteUri), ("published", "false"), ("temporary", "true"),
                ("alt_text_custom", PlatformCalls.AltOf(media))),
            MetaJson.Default.MetaId, cancellationToken);
        return photo.Id is { Length: > 0 } id
            ? new(media.Id, id, _timeProvider.GetUtcNow(), IsReady: true, target.Attempt)
            : throw PlatformCalls.Unusable(FailureKind.Transient, "Facebook answered without the id of the photo.");
    }

    // a link is a card; beside media there is none, and it follows the text
    private static string MessageOf(PublishTarget target) =>
        target.Media.Count == 0 ? target.Text : PostRules.WithLink(target.Text, target.Link);

    private static string UrlOf(string id) => $"https://www.facebook.com/{id}";
}

internal sealed record FacebookMedia(string MediaFbid);

internal sealed record FacebookPage(string? Name, string? Username);

internal sealed record FacebookPost(string Id, string? Message, string? CreatedTime, string? PermalinkUrl);

internal sealed record FacebookList(IReadOnlyList<FacebookPost>? Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FacebookMedia))]
[JsonSerializable(typeof(FacebookPage))]
[JsonSerializable(typeof(FacebookList))]
internal sealed partial class FacebookJson : JsonSerializerContext;
