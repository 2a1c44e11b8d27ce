using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// LinkedIn (Posts, Images and Videos APIs). There is no key against doubles: what is in doubt is looked for among the author's posts,
/// which members' applications mostly may not list.
/// </summary>
internal sealed class LinkedInClient : ISocialPlatform
{
    private const string Label = "LinkedIn";
    private const int PageSize = 100;
    private const int MostPages = 5;
    private static readonly TimeSpan UploadLife = TimeSpan.FromHours(20);

    private readonly PlatformCalls _calls;
    private readonly TimeProvider _timeProvider;
    private readonly string _version;

    public LinkedInClient(IPlatformAccess access, IOptions<LinkedInOptions> options, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _version = options.Value.ApiVersion;
        _calls = new(Name, access, timeProvider, FailureOf);
    }

    public string Name => SocialPlatforms.LinkedIn;

    public async Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        if (target.Media.Count == 0)
            return Preparation.Ready;
        var (media, lookAgain) = await new MediaPreparation(
            UploadLife,
            file => file.IsVideo ? UploadVideoAsync(target, file, cancellationToken) : UploadImageAsync(target, file, cancellationToken),
            async file => await LookAsync(target.Account, file, cancellationToken)).RunAsync(
            target.Media, PreparedPost.Of(target).Media, _timeProvider.GetUtcNow());
        return new(new PreparedPost(media).Write(), lookAgain);
    }

    public Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        LinkedInNewPost.Medium[] media = [.. PreparedPost.Of(target).Media.Zip(
            target.Media, (uploaded, file) => new LinkedInNewPost.Medium(uploaded.Id, PlatformCalls.AltOf(file, 4_000)))];
        var post = new LinkedInNewPost(AuthorOf(target.Account), LinkedInText.Escape(target.Text), media switch
        {
            [] => null,
            [var only] => new(only, null),
            _ => new(null, new(media)),
        });
        return _calls.CreateAsync(
            target.Account,
            () => Json("rest/posts", post, LinkedInJson.Default.LinkedInNewPost),
            answer => answer.Header("x-restli-id") is { Length: > 0 } id ? new(id, UrlOf(id)) : null,
            cancellationToken);
    }

    public Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken) =>
        RecentPosts.FindAsync(
            target, [target.Text], sentAt, _timeProvider.GetUtcNow(), () => ListAsync(target.Account, sentAt, cancellationToken));

    public Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken) =>
        _calls.DeleteAsync(account, () => Request(HttpMethod.Delete, $"rest/posts/{Uri.EscapeDataString(remoteId)}"), cancellationToken);

    public async Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        var author = AuthorOf(account);
        if (author.StartsWith("urn:li:organization:", StringComparison.Ordinal))
        {
            var organization = await _calls.AskAsync(
                account, () => Request(HttpMethod.Get, $"rest/organizations/{author.Split(':')[^1]}"),
                LinkedInJson.Default.LinkedInOrganization, cancellationToken);
            return new(organization.VanityName ?? account.Handle, organization.LocalizedName);
        }

        var member = await _calls.AskAsync(
            account, () => Request(HttpMethod.Get, "v2/userinfo"), LinkedInJson.Default.LinkedInMember, cancellationToken);
        return new(account.Handle, member.Name);
    }

    private async Task<PreparedMedia> UploadImageAsync(PublishTarget target, PublishMedia file, CancellationToken cancellationToken)
    {
        var account = target.Account;
        var begin = new LinkedInBegin(new(AuthorOf(account), null));
        var upload = (await _calls.AskAsync(
            account, () => Json("rest/images?action=initializeUpload", begin, LinkedInJson.Default.LinkedInBegin),
            LinkedInJson.Default.LinkedInUpload, cancellationToken)).Value;
        if (upload is not { Image: { Length: > 0 } image, UploadUrl: { } url })
            throw PlatformCalls.Unusable(FailureKind.Transient, "LinkedIn answered without an address for the image.");
        await _calls.AskAsync(account, () => Put(url, file, 0, file.Bytes), cancellationToken);
        return await LookAsync(account, new(file.Id, image, _timeProvider.GetUtcNow(), IsReady: false, target.Attempt), cancellationToken);
    }

    private async Task<PreparedMedia> UploadVideoAsync(PublishTarget target, PublishMedia file, CancellationToken cancellationToken)
    {
        var account = target.Account;
        var begin = new LinkedInBegin(new(AuthorOf(account), file.Bytes));
        var upload = (await _calls.AskAsync(
            account, () => Json("rest/videos?action=initializeUpload", begin, LinkedInJson.Default.LinkedInBegin),
            LinkedInJson.Default.LinkedInUpload, cancellationToken)).Value;
        if (upload is not { Video: { Length: > 0 } video, UploadInstructions: { Count: > 0 } parts })
            throw PlatformCalls.Unusable(FailureKind.Transient, "LinkedIn answered without addresses for the video.");
        var tags = new List<string>(parts.Count);
        foreach (var part in parts)
        {
            var answer = await _calls.AskAsync(
                account, () => Put(part.UploadUrl, file, part.FirstByte, part.LastByte - part.FirstByte + 1), cancellationToken);
            tags.Add(answer.Header("ETag")?.Trim('"')
                ?? throw PlatformCalls.Unusable(FailureKind.Transient, "LinkedIn answered a part of the video without its ETag."));
        }

        var end = new LinkedInEnd(new(video, upload.UploadToken ?? "", tags));
        await _calls.AskAsync(
            account, () => Json("rest/videos?action=finalizeUpload", end, LinkedInJson.Default.LinkedInEnd), cancellationToken);
        return new(file.Id, video, _timeProvider.GetUtcNow(), IsReady: false, target.Attempt);
    }

    private async Task<PreparedMedia> LookAsync(SocialAccount account, PreparedMedia file, CancellationToken cancellationToken)
    {
        var kind = file.Id.StartsWith("urn:li:video:", StringComparison.Ordinal) ? "videos" : "images";
        var media = await _calls.AskAsync(
            account, () => Request(HttpMethod.Get, $"rest/{kind}/{Uri.EscapeDataString(file.Id)}"), LinkedInJson.Default.LinkedInMedia,
            cancellationToken);
        return media.Status == "PROCESSING_FAILED"
            ? throw PlatformCalls.Unusable(FailureKind.Permanent, $"LinkedIn did not take the media: {media.ProcessingFailureReason}")
            : file with { IsReady = media.Status == "AVAILABLE" };
    }

    // the newest first; null when those of that time are farther back than can be read
    private async Task<IReadOnlyList<RecentPost>?> ListAsync(
        SocialAccount account, DateTimeOffset sentAt, CancellationToken cancellationToken)
    {
        var author = Uri.EscapeDataString(AuthorOf(account));
        var posts = new List<RecentPost>();
        for (var page = 0; page < MostPages; page++)
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"rest/posts?author={author}&q=author&count={PageSize}&start={page * PageSize}&sortBy=CREATED");
            var answer = await _calls.AskAsync(
                account, () => Request(HttpMethod.Get, path, "FINDER"), LinkedInJson.Default.LinkedInList, cancellationToken);
            var list = answer.Elements ?? [];
            posts.AddRange(list.Where(post => post.LifecycleState is null or "PUBLISHED").Select(
                post => new RecentPost(post.Id, LinkedInText.Unescape(post.Commentary ?? ""), TimeOf(post), UrlOf(post.Id))));
            if (list.Count < PageSize || TimeOf(list[^1]) < sentAt - RecentPosts.Skew)
                return posts;
        }

        return null;

        static DateTimeOffset TimeOf(LinkedInPost post) => DateTimeOffset.FromUnixTimeMilliseconds(post.CreatedAt);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? restMethod = null)
    {
        var request = Versioned(new(method, path));
        if (restMethod is not null)
            request.Headers.Add("X-RestLi-Method", restMethod);
        return request;
    }

    private HttpRequestMessage Versioned(HttpRequestMessage request)
    {
        request.Headers.Add("Linkedin-Version", _version);
        request.Headers.Add("X-Restli-Protocol-Version", "2.0.0");
        return request;
    }

    private HttpRequestMessage Json<T>(string path, T body, JsonTypeInfo<T> type) => Versioned(PlatformCalls.Post(path, body, type));

    private static HttpRequestMessage Put(Uri url, PublishMedia file, long first, long length)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new MediaContent(file, first, length) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return request;
    }

    private static string AuthorOf(SocialAccount account) => account.ExternalId.StartsWith("urn:", StringComparison.Ordinal)
        ? account.ExternalId
        : $"urn:li:person:{account.ExternalId}";

    private static string UrlOf(string id) => $"https://www.linkedin.com/feed/update/{id}";

    private static ProviderFailure FailureOf(PlatformAnswer answer)
    {
        var error = answer.Read(LinkedInJson.Default.LinkedInError);
        var code = error?.Code ?? error?.ServiceErrorCode?.ToString(CultureInfo.InvariantCulture);
        var text = answer.Describe(Label, code, error?.Message);
        return answer.Status switch
        {
            404 => new(FailureKind.NotFound, text, answer.Status, Code: code),

            // a ceiling of the day, which begins at 00:00 UTC
            429 => new(
                FailureKind.Throttled, text, answer.Status, RateHeaders.RetryAfter(answer) ?? RateHeaders.UntilMidnight(answer.At), code),
            _ => answer.FailureOfStatus(text, RateHeaders.RetryAfter(answer), code: code, isOwn: code is not null),
        };
    }
}

internal sealed record LinkedInNewPost(string Author, string Commentary, LinkedInNewPost.Attached? Content)
{
    public string Visibility { get; } = "PUBLIC";

    public Distributed Distribution { get; } = new();

    public string LifecycleState { get; } = "PUBLISHED";

    public bool IsReshareDisabledByAuthor { get; }

    internal sealed record Distributed
    {
        public string FeedDistribution { get; } = "MAIN_FEED";

        public IReadOnlyList<string> TargetEntities { get; } = [];

        public IReadOnlyList<string> ThirdPartyDistributionChannels { get; } = [];
    }

    internal sealed record Attached(Medium? Media, Images? MultiImage);

    internal sealed record Images([property: JsonPropertyName("images")] IReadOnlyList<Medium> All);

    internal sealed record Medium(string Id, string? AltText);
}

internal sealed record LinkedInBegin(LinkedInBegin.Begun InitializeUploadRequest)
{
    internal sealed record Begun(string Owner, long? FileSizeBytes);
}

internal sealed record LinkedInUpload(LinkedInUpload.Where? Value)
{
    internal sealed record Where(
        string? Image, string? Video, Uri? UploadUrl, string? UploadToken, IReadOnlyList<Part>? UploadInstructions);

    internal sealed record Part(Uri UploadUrl, long FirstByte, long LastByte);
}

internal sealed record LinkedInEnd(LinkedInEnd.Ended FinalizeUploadRequest)
{
    internal sealed record Ended(string Video, string UploadToken, IReadOnlyList<string> UploadedPartIds);
}

internal sealed record LinkedInMedia(string? Status, string? ProcessingFailureReason);

internal sealed record LinkedInPost(string Id, string? Commentary, long CreatedAt, string? LifecycleState);

internal sealed record LinkedInList(IReadOnlyList<LinkedInPost>? Elements);

internal sealed record LinkedInMember(string? Name);

internal sealed record LinkedInOrganization(string? LocalizedName, string? VanityName);

internal sealed record LinkedInError(string? Code, int? ServiceErrorCode, string? Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LinkedInNewPost))]
[JsonSerializable(typeof(LinkedInBegin))]
[JsonSerializable(typeof(LinkedInUpload))]
[JsonSerializable(typeof(LinkedInEnd))]
[JsonSerializable(typeof(LinkedInMedia))]
[JsonSerializable(typeof(LinkedInList))]
[JsonSerializable(typeof(LinkedInMember))]
[JsonSerializable(typeof(LinkedInOrganization))]
[JsonSerializable(typeof(LinkedInError))]
internal sealed partial class LinkedInJson : JsonSerializerContext;
