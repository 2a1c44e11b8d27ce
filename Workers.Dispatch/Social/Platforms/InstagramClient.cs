using System.Text.Json.Serialization;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// Instagram (Meta's <c>content-publishing</c>): a container is made, Instagram fetches its media, and publishing it makes the post. What a
/// container is, it says itself: one that was published is never published again.
/// </summary>
internal sealed class InstagramClient : ISocialPlatform
{
    // it dies after 24 h
    private static readonly TimeSpan ContainerLife = TimeSpan.FromHours(20);
    private const string Label = "Instagram";

    // "Error: Media upload has failed with error code 2207053": another container may do better
    private static readonly string[] AnotherContainer = ["2207001", "2207003", "2207008", "2207020", "2207032", "2207053"];

    private readonly PlatformCalls _calls;
    private readonly TimeProvider _timeProvider;

    public InstagramClient(IPlatformAccess access, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _calls = new(Name, access, timeProvider, answer => MetaGraph.FailureOf(Label, answer));
    }

    public string Name => SocialPlatforms.Instagram;

    public async Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (target.Media.Count == 0)
            throw new ProviderException(FailureKind.Permanent, "Instagram takes no post without an image or a video.");
        var now = _timeProvider.GetUtcNow();
        var kept = PreparedPost.Of(target);
        if (target.Media.Count > 1)
        {
            var (items, wait) = await new MediaPreparation(
                ContainerLife,
                media => MakeAsync(target, media.Id, media, [("is_carousel_item", "true")], cancellationToken),
                item => LookAsync(target, item, cancellationToken)).RunAsync(target.Media, kept.Media, now);
            kept = kept with { Media = items };
            if (wait is not null)
                return new(kept.Write(), wait);
        }

        var container = kept.Container is { } known && kept.ContainerText == target.Text && now - known.At < ContainerLife
            && kept.Media.All(item => item.At <= known.At) ? known : null;
        if (container is { IsReady: false } || (container is not null && container.Attempt < target.Attempt))
            container = await LookAsync(target, container, cancellationToken);
        container ??= target.Media is [var only]
            ? await MakeAsync(target, only.Id, only, [("caption", target.Text)], cancellationToken)
            : await MakeAsync(
                target, Guid.Empty, null,
                [("media_type", "CAROUSEL"), ("children", string.Join(',', kept.Media.Select(item => item.Id))), ("caption", target.Text)],
                cancellationToken);
        return new(
            (kept with { Container = container, ContainerText = target.Text }).Write(),
            container.IsReady ? null : MediaPreparation.WaitFor(container, now));
    }

    public async Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var account = target.Account;
        var kept = PreparedPost.Of(target);
        if (kept.Container is not { } container || kept.ContainerText != target.Text)
            throw PlatformCalls.Unusable(FailureKind.Transient, "The container has another text: it is to be made again.");
        if (target.Attempt > 1 && (await StatusAsync(account, container.Id, cancellationToken)).StatusCode == "PUBLISHED")
            return await PublishedAsync(target, container, container.At, cancellationToken);

        var post = await _calls.CreateAsync(
            account,
            () => MetaGraph.Post($"{account.ExternalId}/media_publish", ("creation_id", container.Id)),
            answer => answer.Read(MetaJson.Default.MetaId) is { Id: { } id } ? new(id, Wait: RateHeaders.OfMeta(answer)) : null,
            cancellationToken);
        return post with { Url = await LinkAsync(account, post.RemoteId, cancellationToken) };
    }

    public async Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken)
    {
        if (PreparedPost.Of(target).Container is not { } container)
            return new ReadBack.CannotTell();
        var now = _timeProvider.GetUtcNow();
        InstagramContainer status;
        try
        {
            status = await StatusAsync(target.Account, container.Id, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind is FailureKind.NotFound or FailureKind.Permanent)
        {
            // the container is gone after a day: its post, if there is one, shows among the account's
            return await RecentPosts.FindAsync(
                target, [target.Text], sentAt, now, async () => await ListAsync(target.Account, cancellationToken));
        }

        return status.StatusCode switch
        {
            "PUBLISHED" => new ReadBack.Found(await PublishedAsync(target, container, sentAt, cancellationToken)),
            "ERROR" or "EXPIRED" => new ReadBack.Absent(),
            _ => RecentPosts.Absent(sentAt, now),
        };
    }

    public Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken) =>
        throw new ProviderException(FailureKind.Permanent, "Instagram lets no application delete posts: delete it in Instagram.");

    public async Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        var user = await _calls.AskAsync(
            account, () => MetaGraph.Get($"{account.ExternalId}?fields=username,name"), InstagramJson.Default.InstagramUser,
            cancellationToken);
        var limit = await _calls.AskAsync(
            account, () => MetaGraph.Get($"{account.ExternalId}/content_publishing_limit?fields=quota_usage,config"),
            InstagramJson.Default.InstagramListInstagramLimit, cancellationToken);
        var quota = limit.Data is [{ Config.QuotaTotal: > 0 and var total, QuotaUsage: var used }, ..]
            ? new PlatformQuota(used, total)
            : null;
        return new(user.Username ?? account.Handle, user.Name, quota);
    }

    private async Task<PreparedMedia> MakeAsync(
        PublishTarget target, Guid media, PublishMedia? file, (string, string?)[] fields, CancellationToken cancellationToken)
    {
        var account = target.Account;
        var isItem = fields is [("is_carousel_item", _)];
        (string, string?)[] source = file switch
        {
            null => [],
            { IsVideo: true } => [("media_type", isItem ? "VIDEO" : "REELS"), ("video_url", file.PublicUrl.AbsoluteUri)],
            _ => [("image_url", file.PublicUrl.AbsoluteUri), ("alt_text", PlatformCalls.AltOf(file))],
        };
        var made = await _calls.AskAsync(
            account, () => MetaGraph.Post($"{account.ExternalId}/media", [.. source, .. fields]), MetaJson.Default.MetaId,
            cancellationToken);
        if (made.Id is not { Length: > 0 } id)
            throw PlatformCalls.Unusable(FailureKind.Transient, "Instagram answered without the id of the container.");
        var container = new PreparedMedia(media, id, _timeProvider.GetUtcNow(), IsReady: false, target.Attempt);

        // of an image it is mostly done at once
        return file is { IsVideo: true } ? container : await LookAsync(target, container, cancellationToken) ?? container;
    }

    private async Task<PreparedMedia?> LookAsync(PublishTarget target, PreparedMedia container, CancellationToken cancellationToken)
    {
        InstagramContainer status;
        try
        {
            status = await StatusAsync(target.Account, container.Id, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.NotFound)
        {
            return null;
        }

        switch (status.StatusCode)
        {
            case "FINISHED" or "PUBLISHED":
                return container with { IsReady = true };
            case "EXPIRED":
                return null;
            case "ERROR":
                // one for each attempt, so that there is an end to it
                if (container.Attempt < target.Attempt)
                    return null;
                var mayPass = AnotherContainer.Any(code => status.Status?.Contains(code, StringComparison.Ordinal) == true);
                throw PlatformCalls.Unusable(
                    mayPass ? FailureKind.Transient : FailureKind.Permanent, $"Instagram did not take the media: {status.Status}");
            default:
                return container with { IsReady = false };
        }
    }

    private Task<InstagramContainer> StatusAsync(SocialAccount account, string container, CancellationToken cancellationToken) =>
        _calls.AskAsync(
            account, () => MetaGraph.Get($"{container}?fields=status_code,status"), InstagramJson.Default.InstagramContainer,
            cancellationToken);

    // that it was published is certain; which of the account's posts it is, if only one can be
    private async Task<PublishedPost> PublishedAsync(
        PublishTarget target, PreparedMedia container, DateTimeOffset sentAt, CancellationToken cancellationToken)
    {
        var posts = await ListAsync(target.Account, cancellationToken);
        var ours = posts.Where(post => post.At >= sentAt - RecentPosts.Skew && !target.Claimed.Contains(post.Id)
            && PostRules.Canonical(post.Text) == PostRules.Canonical(target.Text)).ToList();
        return ours is [var one] ? new(one.Id, one.Url) : new($"container:{container.Id}");
    }

    private async Task<IReadOnlyList<RecentPost>> ListAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        var list = await _calls.AskAsync(
            account, () => MetaGraph.Get($"{account.ExternalId}/media?fields=id,caption,timestamp,permalink&limit=50"),
            InstagramJson.Default.InstagramListInstagramPost, cancellationToken);
        return [.. (list.Data ?? []).Select(
            post => new RecentPost(post.Id, post.Caption ?? "", MetaGraph.TimeOf(post.Timestamp), post.Permalink))];
    }

    // the post is there, whatever comes of this
    private async Task<string?> LinkAsync(SocialAccount account, string post, CancellationToken cancellationToken)
    {
        try
        {
            var made = await _calls.AskAsync(
                account, () => MetaGraph.Get($"{post}?fields=permalink"), InstagramJson.Default.InstagramPost, cancellationToken);
            return made.Permalink;
        }
        catch (ProviderException)
        {
            return null;
        }
    }
}

internal sealed record InstagramContainer(string? StatusCode, string? Status);

internal sealed record InstagramUser(string? Username, string? Name);

internal sealed record InstagramPost(string Id, string? Caption, string? Timestamp, string? Permalink);

internal sealed record InstagramLimit(int QuotaUsage, InstagramLimit.Content? Config)
{
    internal sealed record Content(int QuotaTotal);
}

internal sealed record InstagramList<T>(IReadOnlyList<T>? Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InstagramContainer))]
[JsonSerializable(typeof(InstagramUser))]
[JsonSerializable(typeof(InstagramPost))]
[JsonSerializable(typeof(InstagramList<InstagramPost>))]
[JsonSerializable(typeof(InstagramList<InstagramLimit>))]
internal sealed partial class InstagramJson : JsonSerializerContext;
