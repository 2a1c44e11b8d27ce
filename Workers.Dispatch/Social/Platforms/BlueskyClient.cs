using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>
/// Bluesky, at any PDS (atproto). A post is a record whose key is chosen here before it is first written: written again it is the same
/// post, and whether it is there is asked by its key.
/// </summary>
internal sealed class BlueskyClient : ISocialPlatform
{
    /// <summary>Where posts are in a repository.</summary>
    public const string Collection = "app.bsky.feed.post";

    // a blob that no record names is kept for an hour at least
    private static readonly TimeSpan BlobLife = TimeSpan.FromMinutes(50);
    private const int MostMentions = 10;

    private readonly PlatformCalls _calls;
    private readonly TimeProvider _timeProvider;

    public BlueskyClient(IPlatformAccess access, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _calls = new(Name, access, timeProvider, FailureOf);
    }

    public string Name => SocialPlatforms.Bluesky;

    public async Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        // of a text alone there is nothing to keep
        var handles = HandlesOf(target.Text);
        if (target.Media.Count == 0 && handles.Count == 0)
            return Preparation.Ready;
        var kept = PreparedPost.Of(target);
        var (media, lookAgain) = await new MediaPreparation(
            BlobLife, file => UploadAsync(target, file, cancellationToken), file => Task.FromResult<PreparedMedia?>(file)).RunAsync(
            target.Media, kept.Media, _timeProvider.GetUtcNow());
        return new(
            new PreparedPost(media)
            {
                Mentions = await ResolveAsync(target.Account, handles, kept.Mentions, cancellationToken),
            }.Write(),
            lookAgain);
    }

    public Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        var kept = PreparedPost.Of(target);
        var key = RecordKey.Of(target.TargetId);
        var put = new BlueskyPut(
            target.Account.ExternalId, Collection, key,
            BlueskyRecord.Of(target, kept.Media, kept.Mentions ?? new Dictionary<string, string>()));
        return _calls.CreateAsync(
            target.Account,
            () => PlatformCalls.Post("xrpc/com.atproto.repo.putRecord", put, BlueskyJson.Default.BlueskyPut),
            answer => answer.Read(BlueskyJson.Default.BlueskyMade)?.Uri is { } uri
                ? new(uri, UrlOf(target.Account, key), RateHeaders.OfBluesky(answer))
                : null,
            cancellationToken);
    }

    public async Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken)
    {
        var (account, key) = (target.Account, RecordKey.Of(target.TargetId));
        var path = $"xrpc/com.atproto.repo.getRecord?repo={Uri.EscapeDataString(account.ExternalId)}&collection={Collection}&rkey={key}";
        try
        {
            var record = await _calls.AskAsync(
                account, () => new(HttpMethod.Get, path), BlueskyJson.Default.BlueskyMade, cancellationToken);
            return new ReadBack.Found(new(record.Uri ?? $"at://{account.ExternalId}/{Collection}/{key}", UrlOf(account, key)));
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.NotFound)
        {
            // if it comes after all, whenever that is, it is the record that is written again
            return new ReadBack.Absent();
        }
    }

    public Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken) => _calls.DeleteAsync(
        account,
        () => PlatformCalls.Post(
            "xrpc/com.atproto.repo.deleteRecord", new BlueskyDelete(account.ExternalId, Collection, remoteId.Split('/')[^1]),
            BlueskyJson.Default.BlueskyDelete),
        cancellationToken);

    public async Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        var session = await _calls.AskAsync(
            account, () => new(HttpMethod.Get, "xrpc/com.atproto.server.getSession"), BlueskyJson.Default.BlueskySession,
            cancellationToken);
        return session.Active == false
            ? throw new ProviderException(FailureKind.AccountBlocked, $"Bluesky says that the account is {session.Status ?? "not active"}.")
            : new(session.Handle ?? account.Handle);
    }

    private async Task<PreparedMedia> UploadAsync(PublishTarget target, PublishMedia file, CancellationToken cancellationToken)
    {
        var made = await _calls.AskAsync(
            target.Account,
            () =>
            {
                var content = new MediaContent(file);
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(file.ContentType);
                return new(HttpMethod.Post, "xrpc/com.atproto.repo.uploadBlob") { Content = content };
            },
            BlueskyJson.Default.BlueskyUpload, cancellationToken);
        return made.Blob is { ValueKind: JsonValueKind.Object } blob
            ? new(file.Id, blob.GetRawText(), _timeProvider.GetUtcNow(), IsReady: true, target.Attempt)
            : throw PlatformCalls.Unusable(FailureKind.Transient, "Bluesky answered without the blob.");
    }

    private static List<string> HandlesOf(string text) => [.. PostEntities.Mentions(text).Select(mention => mention.Value)
        .Where(handle => handle.Contains('.', StringComparison.Ordinal)).Distinct().Take(MostMentions)];

    // a handle that nobody has stays text
    private async Task<Dictionary<string, string>> ResolveAsync(
        SocialAccount account, List<string> handles, IReadOnlyDictionary<string, string>? known, CancellationToken cancellationToken)
    {
        var accounts = new Dictionary<string, string>();
        foreach (var handle in handles)
            accounts[handle] = known?.GetValueOrDefault(handle) ?? await ResolveAsync(account, handle, cancellationToken);
        return accounts;
    }

    private async Task<string> ResolveAsync(SocialAccount account, string handle, CancellationToken cancellationToken)
    {
        try
        {
            return (await _calls.AskAsync(
                account, () => new(HttpMethod.Get, $"xrpc/com.atproto.identity.resolveHandle?handle={Uri.EscapeDataString(handle)}"),
                BlueskyJson.Default.BlueskySession, cancellationToken)).Did ?? "";
        }
        catch (ProviderException reason) when (reason.Kind is FailureKind.Permanent or FailureKind.NotFound)
        {
            return "";
        }
    }

    private static string UrlOf(SocialAccount account, string key) => $"https://bsky.app/profile/{account.ExternalId}/post/{key}";

    // by the names of the lexicons and of the PDS
    private static ProviderFailure FailureOf(PlatformAnswer answer)
    {
        var error = answer.Read(BlueskyJson.Default.BlueskyError);
        var text = answer.Describe("Bluesky", error?.Error, error?.Message);
        var wait = RateHeaders.OfBluesky(answer) ?? RateHeaders.RetryAfter(answer);
        FailureKind? kind = error?.Error switch
        {
            "ExpiredToken" or "InvalidToken" or "AuthMissing" or "AuthenticationRequired" => FailureKind.Unauthorized,
            "AccountTakedown" or "AccountSuspended" or "AccountDeactivated" or "RepoTakendown" or "RepoSuspended" or "RepoDeactivated" =>
                FailureKind.AccountBlocked,
            "RecordNotFound" => FailureKind.NotFound,
            "InvalidRequest" when error.Message?.StartsWith("Could not locate record", StringComparison.Ordinal) == true =>
                FailureKind.NotFound,

            // it was dropped since it was uploaded
            "BlobNotFound" => FailureKind.Transient,
            _ => null,
        };
        return kind is { } known
            ? new(known, text, answer.Status, wait, error?.Error)
            : answer.FailureOfStatus(text, wait, TimeSpan.FromMinutes(5), error?.Error, isOwn: error?.Error is not null);
    }
}

internal sealed record BlueskyPut(string Repo, string Collection, string Rkey, BlueskyRecord Record);

internal sealed record BlueskyDelete(string Repo, string Collection, string Rkey);

internal sealed record BlueskyMade(string? Uri);

internal sealed record BlueskyUpload(JsonElement? Blob);

internal sealed record BlueskySession(string? Did, string? Handle, bool? Active, string? Status);

internal sealed record BlueskyError(string? Error, string? Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BlueskyPut))]
[JsonSerializable(typeof(BlueskyDelete))]
[JsonSerializable(typeof(BlueskyMade))]
[JsonSerializable(typeof(BlueskyUpload))]
[JsonSerializable(typeof(BlueskySession))]
[JsonSerializable(typeof(BlueskyError))]
internal sealed partial class BlueskyJson : JsonSerializerContext;
