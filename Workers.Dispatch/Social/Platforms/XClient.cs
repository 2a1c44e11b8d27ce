using System.Globalization;
using System.Text.Json.Serialization;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// X (API v2): media go up in segments, then a post names them. There is no key against doubles: what is in doubt is looked for among the
/// user's posts.
/// </summary>
internal sealed class XClient : ISocialPlatform
{
    private const int SegmentBytes = 4 * 1024 * 1024;
    private const double LongestCheckSeconds = 300;

    // an upload that is in no post is kept for a day
    private static readonly TimeSpan UploadLife = TimeSpan.FromHours(20);

    private readonly PlatformCalls _calls;
    private readonly TimeProvider _timeProvider;

    public XClient(IPlatformAccess access, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _calls = new(Name, access, timeProvider, XErrors.FailureOf);
    }

    public string Name => SocialPlatforms.X;

    public async Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (target.Media.Count == 0)
            return Preparation.Ready;
        var (media, lookAgain) = await new MediaPreparation(
            UploadLife,
            file => UploadAsync(target, file, cancellationToken),
            async file => Looked(file, await StatusAsync(target.Account, file.Id, cancellationToken))).RunAsync(
            target.Media, PreparedPost.Of(target).Media, _timeProvider.GetUtcNow());
        return new(new PreparedPost(media).Write(), lookAgain);
    }

    public Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var media = PreparedPost.Of(target).Media;
        var post = new XNewPost(
            target.Text.Length == 0 ? null : target.Text, media.Count == 0 ? null : new([.. media.Select(file => file.Id)]));
        return _calls.CreateAsync(
            target.Account,
            () => PlatformCalls.Post("2/tweets", post, XJson.Default.XNewPost),
            answer => answer.Read(XJson.Default.XAnswerXPost) switch
            {
                { Data.Id: { } id } => new(id, UrlOf(target.Account, id), RateHeaders.OfX(answer)),

                // a 200 that says why not
                { Errors.Count: > 0 } => throw new ProviderException(XErrors.FailureOf(answer)),
                _ => null,
            },
            cancellationToken);
    }

    public Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken) =>
        RecentPosts.FindAsync(target, [target.Text], sentAt, _timeProvider.GetUtcNow(), async () =>
        {
            // an end that is not well in the past is refused
            var account = target.Account;
            var end = sentAt + RecentPosts.Window;
            var path = $"2/users/{account.ExternalId}/tweets?max_results=100&exclude=retweets&tweet.fields=created_at,entities" +
                $"&start_time={Time(sentAt - RecentPosts.Skew)}" +
                (end < _timeProvider.GetUtcNow() - RecentPosts.Skew ? $"&end_time={Time(end)}" : "");
            var list = await _calls.AskAsync(
                account, () => new(HttpMethod.Get, path), XJson.Default.XAnswerIReadOnlyListXPost, cancellationToken);
            return [.. (list.Data ?? []).Select(post => new RecentPost(post.Id, TextOf(post), post.CreatedAt, UrlOf(account, post.Id)))];
        });

    public Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken) =>
        _calls.DeleteAsync(account, () => new(HttpMethod.Delete, $"2/tweets/{Uri.EscapeDataString(remoteId)}"), cancellationToken);

    public async Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        var user = await _calls.AskAsync(account, () => new(HttpMethod.Get, "2/users/me"), XJson.Default.XAnswerXUser, cancellationToken);
        return new(user.Data?.Username ?? account.Handle, user.Data?.Name);
    }

    private async Task<PreparedMedia> UploadAsync(PublishTarget target, PublishMedia file, CancellationToken cancellationToken)
    {
        var account = target.Account;
        var begin = new XNewMedia(file.ContentType, file.Bytes, file switch
        {
            { IsVideo: true } => "tweet_video",
            { ContentType: "image/gif" } => "tweet_gif",
            _ => "tweet_image",
        });
        var upload = await _calls.AskAsync(
            account, () => PlatformCalls.Post("2/media/upload/initialize", begin, XJson.Default.XNewMedia), XJson.Default.XAnswerXMedia,
            cancellationToken);
        if (upload.Data?.Id is not { Length: > 0 } id)
            throw PlatformCalls.Unusable(FailureKind.Transient, "X answered without the id of the upload.");

        for (var (first, index) = (0L, 0); first < file.Bytes; first += SegmentBytes, index++)
        {
            var (from, number) = (first, index.ToString(CultureInfo.InvariantCulture));
            await _calls.AskAsync(
                account,
                () => new(HttpMethod.Post, $"2/media/upload/{id}/append")
                {
                    Content = new MultipartFormDataContent
                    {
                        { new StringContent(number), "segment_index" },
                        { new MediaContent(file, from, Math.Min(SegmentBytes, file.Bytes - from)), "media", "segment" },
                    },
                },
                cancellationToken);
        }

        var done = await _calls.AskAsync(
            account, () => new(HttpMethod.Post, $"2/media/upload/{id}/finalize"), XJson.Default.XAnswerXMedia, cancellationToken);
        if (PlatformCalls.AltOf(file) is { } alt && !file.IsVideo)
        {
            var metadata = new XNewMetadata(id, new(new(alt)));
            await _calls.AskAsync(
                account, () => PlatformCalls.Post("2/media/metadata", metadata, XJson.Default.XNewMetadata), cancellationToken);
        }

        return Looked(new(file.Id, id, _timeProvider.GetUtcNow(), IsReady: false, target.Attempt), done.Data);
    }

    private async Task<XMedia?> StatusAsync(SocialAccount account, string id, CancellationToken cancellationToken)
    {
        var status = await _calls.AskAsync(
            account, () => new(HttpMethod.Get, $"2/media/upload?command=STATUS&media_id={id}"), XJson.Default.XAnswerXMedia,
            cancellationToken);
        return status.Data;
    }

    // without processing_info there is nothing to wait for
    private static PreparedMedia Looked(PreparedMedia file, XMedia? media) => media?.ProcessingInfo switch
    {
        null or { State: "succeeded" } => file with { IsReady = true },
        { State: "failed" } failed => throw PlatformCalls.Unusable(
            FailureKind.Permanent, $"X did not take the media: {failed.Error?.Message ?? failed.Error?.Name}"),
        { CheckAfterSecs: > 0 and var seconds } => file with { LookAgain = TimeSpan.FromSeconds(Math.Min(seconds, LongestCheckSeconds)) },
        _ => file,
    };

    // as it was written: entities in HTML, links as t.co, and one more link for its media
    private static string TextOf(XPost post)
    {
        var text = post.Text ?? "";
        foreach (var link in post.Entities?.Urls ?? [])
        {
            if (link is { Url: { Length: > 0 } url, ExpandedUrl: { } address })
                text = text.Replace(url, link.MediaKey is null ? address : "", StringComparison.Ordinal);
        }

        return text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal);
    }

    private static string UrlOf(SocialAccount account, string id) => $"https://x.com/{account.Handle.TrimStart('@')}/status/{id}";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>What X's errors mean: problem+json with a type, or a list of errors. By type and by status.</summary>
internal static class XErrors
{
    private static readonly TimeSpan LimitWait = TimeSpan.FromMinutes(15);

    // https://docs.x.com/x-api/fundamentals/response-codes-and-errors; the numbers are those of v1.1, which v2 gives too here and there
    private const string UsageCapped = "usage-capped";
    private static readonly int[] AccountCodes = [64, 326];
    private static readonly string[] AccountTexts = ["is suspended", "temporarily locked", "account is locked"];

    public static ProviderFailure FailureOf(PlatformAnswer answer)
    {
        var problem = answer.Read(XJson.Default.XProblem);
        var error = problem?.Errors is [var first, ..] ? first : null;
        var type = problem?.Type ?? error?.Type;
        var code = type?.Split('/')[^1] is { Length: > 0 } name && type != "about:blank"
            ? name
            : error?.Code?.ToString(CultureInfo.InvariantCulture);
        var message = problem?.Detail ?? error?.Detail ?? error?.Message ?? problem?.Title ?? error?.Title;
        var text = answer.Describe("X", code, message);
        var wait = RateHeaders.OfX(answer) ?? RateHeaders.RetryAfter(answer);

        // what was paid for is used up, for a day or a month
        if (code == UsageCapped || problem?.Title == "UsageCapExceeded")
            return new(FailureKind.Throttled, text, answer.Status, RateHeaders.UntilMidnight(answer.At), code);
        if (answer.Status == 403 && (AccountCodes.Contains(error?.Code ?? 0)
            || AccountTexts.Any(part => message?.Contains(part, StringComparison.OrdinalIgnoreCase) == true)))
            return new(FailureKind.AccountBlocked, text, answer.Status, Code: code);
        return answer.Status switch
        {
            404 => new(FailureKind.NotFound, text, answer.Status, Code: code),
            _ => answer.FailureOfStatus(text, wait, LimitWait, code, isOwn: problem?.Title is not null || error is not null),
        };
    }
}

internal sealed record XNewPost(string? Text, XNewPost.Attached? Media)
{
    internal sealed record Attached(IReadOnlyList<string> MediaIds);
}

internal sealed record XNewMedia(string MediaType, long TotalBytes, string MediaCategory);

internal sealed record XNewMetadata(string Id, XNewMetadata.Content Metadata)
{
    internal sealed record Content(AltContent AltText);

    internal sealed record AltContent(string Text);
}

internal sealed record XAnswer<T>(T? Data, IReadOnlyList<XProblem>? Errors);

internal sealed record XPost(string Id, string? Text, DateTimeOffset CreatedAt, XPost.Found? Entities)
{
    internal sealed record Found(IReadOnlyList<FoundUrl>? Urls);

    internal sealed record FoundUrl(string? Url, string? ExpandedUrl, string? MediaKey);
}

internal sealed record XMedia(string? Id, XMedia.Processing? ProcessingInfo)
{
    internal sealed record Processing(string? State, double? CheckAfterSecs, Failure? Error);

    internal sealed record Failure(string? Name, string? Message);
}

internal sealed record XUser(string? Username, string? Name);

internal sealed record XProblem(string? Type, string? Title, string? Detail, string? Message, int? Code, IReadOnlyList<XProblem>? Errors);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(XNewPost))]
[JsonSerializable(typeof(XNewMedia))]
[JsonSerializable(typeof(XNewMetadata))]
[JsonSerializable(typeof(XAnswer<XPost>))]
[JsonSerializable(typeof(XAnswer<IReadOnlyList<XPost>>))]
[JsonSerializable(typeof(XAnswer<XMedia>))]
[JsonSerializable(typeof(XAnswer<XUser>))]
[JsonSerializable(typeof(XProblem))]
internal sealed partial class XJson : JsonSerializerContext;
