using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// Mastodon, at any instance. A post has a key (<c>Idempotency-Key</c>) that an instance keeps for an hour: sent again with it, it answers
/// with the post that it has made. The next attempt may come later than that, so what became of the last one is read back as elsewhere.
/// </summary>
internal sealed class MastodonClient : ISocialPlatform
{
    // a file that is in no post is kept for a day
    private static readonly TimeSpan UploadLife = TimeSpan.FromHours(20);
    private const int PageSize = 40;
    private const int MostPages = 5;

    private readonly PlatformCalls _calls;
    private readonly TimeProvider _timeProvider;

    public MastodonClient(IPlatformAccess access, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _calls = new(Name, access, timeProvider, FailureOf);
    }

    public string Name => SocialPlatforms.Mastodon;

    public async Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var files = target.Media.Select(
            file => new MediaFacts(file.Id, file.ContentType, file.Bytes, file.Width, file.Height, Duration: null));
        if (PostRules.Check(InstanceLimits.Of(Name, target.Account.Limits), target.Text, null, [.. files]) is [var problem, ..])
            throw new ProviderException(FailureKind.Permanent, problem.Message);
        if (target.Media.Count == 0)
            return Preparation.Ready;
        var (media, lookAgain) = await new MediaPreparation(
            UploadLife,
            file => UploadAsync(target, file, cancellationToken),
            async file => await LookAsync(target.Account, file, cancellationToken)).RunAsync(
            target.Media, PreparedPost.Of(target).Media, _timeProvider.GetUtcNow());
        return new(new PreparedPost(media).Write(), lookAgain);
    }

    public Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var post = new MastodonNewStatus(target.Text, [.. PreparedPost.Of(target).Media.Select(file => file.Id)]);
        return _calls.CreateAsync(
            target.Account,
            () =>
            {
                var request = PlatformCalls.Post("api/v1/statuses", post, MastodonJson.Default.MastodonNewStatus);
                request.Headers.Add("Idempotency-Key", target.TargetId.ToString());
                return request;
            },
            answer => answer.Read(MastodonJson.Default.MastodonStatus) is { Id: { } id } made
                ? new(id, made.Url, RateHeaders.OfMastodon(answer))
                : null,
            cancellationToken);
    }

    public Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken) =>
        RecentPosts.FindAsync(
            target, [target.Text], sentAt, _timeProvider.GetUtcNow(), () => ListAsync(target, sentAt, cancellationToken));

    public Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken) =>
        _calls.DeleteAsync(account, () => new(HttpMethod.Delete, $"api/v1/statuses/{Uri.EscapeDataString(remoteId)}"), cancellationToken);

    public async Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        var user = await _calls.AskAsync(
            account, () => new(HttpMethod.Get, "api/v1/accounts/verify_credentials"), MastodonJson.Default.MastodonAccount,
            cancellationToken);
        if (user.Suspended == true)
            throw new ProviderException(FailureKind.AccountBlocked, $"{account.Server} has suspended the account.");

        // at its own instance an account is named without it
        var host = account.Handle.LastIndexOf('@') is > 0 and var at ? account.Handle[at..] : "";
        var sign = account.Handle.StartsWith('@') ? "@" : "";
        return new(user.Username is { } name ? $"{sign}{name}{host}" : account.Handle, user.DisplayName)
        {
            Limits = account.Limits is { } known && !known.IsOldAt(_timeProvider.GetUtcNow())
                ? null
                : await LimitsAsync(account, cancellationToken),
        };
    }

    // null where it does not say: then what is known of it stays
    private async Task<InstanceLimits?> LimitsAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        try
        {
            var instance = await _calls.AskAsync(
                account, () => new(HttpMethod.Get, "api/v2/instance"), MastodonJson.Default.MastodonInstance, cancellationToken);
            return instance.Configuration?.Statuses is
            { MaxCharacters: > 0 and var most, MaxMediaAttachments: >= 0 and var media, CharactersReservedPerUrl: > 0 and var link }
                ? new(most, media, link, _timeProvider.GetUtcNow())
                : null;
        }
        catch (ProviderException)
        {
            return null;
        }
    }

    private async Task<PreparedMedia> UploadAsync(PublishTarget target, PublishMedia file, CancellationToken cancellationToken)
    {
        var answer = await _calls.AskAsync(
            target.Account,
            () =>
            {
                var form = new MultipartFormDataContent();
                var content = new MediaContent(file);
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(file.ContentType);
                form.Add(content, "file", file.Id.ToString());
                if (PlatformCalls.AltOf(file, 1_500) is { } alt)
                    form.Add(new StringContent(alt), "description");
                return new(HttpMethod.Post, "api/v2/media") { Content = form };
            },
            cancellationToken);
        return _calls.Read(answer, MastodonJson.Default.MastodonMedia).Id is { Length: > 0 } id
            ? new(file.Id, id, _timeProvider.GetUtcNow(), IsReady: answer.Status == 200, target.Attempt)
            : throw PlatformCalls.Unusable(FailureKind.Transient, "Mastodon answered without the id of the file.");
    }

    // 206 until it is done
    private async Task<PreparedMedia> LookAsync(SocialAccount account, PreparedMedia file, CancellationToken cancellationToken)
    {
        var answer = await _calls.AskAsync(
            account, () => new(HttpMethod.Get, $"api/v1/media/{Uri.EscapeDataString(file.Id)}"), cancellationToken);
        return file with { IsReady = answer.Status == 200 };
    }

    // the newest first, with the text as it was written of those of that time; null when they are farther back than can be read
    private async Task<IReadOnlyList<RecentPost>?> ListAsync(
        PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken)
    {
        var account = target.Account;
        var posts = new List<RecentPost>();
        var path = $"api/v1/accounts/{Uri.EscapeDataString(account.ExternalId)}/statuses?limit={PageSize}&exclude_reblogs=true";
        var before = "";
        for (var page = 0; page < MostPages; page++)
        {
            var from = path + before;
            var list = await _calls.AskAsync(
                account, () => new(HttpMethod.Get, from), MastodonJson.Default.IReadOnlyListMastodonStatus, cancellationToken);
            foreach (var status in list.Where(status => RecentPosts.IsOf(sentAt, status.CreatedAt) && !target.Claimed.Contains(status.Id)))
            {
                var source = await _calls.AskAsync(
                    account, () => new(HttpMethod.Get, $"api/v1/statuses/{Uri.EscapeDataString(status.Id)}/source"),
                    MastodonJson.Default.MastodonSource, cancellationToken);
                posts.Add(new(status.Id, source.Text ?? "", status.CreatedAt, status.Url));
            }

            if (list.Count < PageSize || list[^1].CreatedAt < sentAt - RecentPosts.Skew)
                return posts;
            before = $"&max_id={Uri.EscapeDataString(list[^1].Id)}";
        }

        return null;
    }

    private static ProviderFailure FailureOf(PlatformAnswer answer)
    {
        var error = answer.Read(MastodonJson.Default.MastodonError)?.Error;
        var text = answer.Describe("Mastodon", null, error);
        return answer.Status switch
        {
            // "Your login is currently disabled", "… suspended" of its instance
            403 when Says("disabled") || Says("suspended") => new(FailureKind.AccountBlocked, text, answer.Status),
            404 or 410 => new(FailureKind.NotFound, text, answer.Status),

            // of media that were uploaded a moment ago
            422 when Says("processing") => new(FailureKind.Transient, text, answer.Status),
            _ => answer.FailureOfStatus(
                text, RateHeaders.OfMastodon(answer) ?? RateHeaders.RetryAfter(answer), TimeSpan.FromMinutes(5), isOwn: error is not null),
        };

        bool Says(string word) => error?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;
    }
}

internal sealed record MastodonNewStatus(string Status, IReadOnlyList<string> MediaIds);

internal sealed record MastodonStatus(string Id, string? Url, DateTimeOffset CreatedAt);

internal sealed record MastodonSource(string? Text);

internal sealed record MastodonMedia(string? Id);

internal sealed record MastodonAccount(string? Username, string? DisplayName, bool? Suspended);

internal sealed record MastodonInstance(MastodonInstance.Settings? Configuration)
{
    internal sealed record Settings(Limits? Statuses);

    internal sealed record Limits(int MaxCharacters, int MaxMediaAttachments, int CharactersReservedPerUrl);
}

internal sealed record MastodonError(string? Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MastodonNewStatus))]
[JsonSerializable(typeof(MastodonStatus))]
[JsonSerializable(typeof(IReadOnlyList<MastodonStatus>))]
[JsonSerializable(typeof(MastodonSource))]
[JsonSerializable(typeof(MastodonMedia))]
[JsonSerializable(typeof(MastodonAccount))]
[JsonSerializable(typeof(MastodonInstance))]
[JsonSerializable(typeof(MastodonError))]
internal sealed partial class MastodonJson : JsonSerializerContext;
