using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;
using static Switchboard.Tests.Unit.Social.Platforms.FakePlatform;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>Of every platform: what is certain, what is in doubt, what is told to come back.</summary>
public sealed class PlatformCallsTests
{
    private readonly FakePlatform _platform = new();

    /// <summary>Each platform, and the request that makes its post.</summary>
    public static TheoryData<string, string> Creates { get; } = new()
    {
        { SocialPlatforms.Instagram, "POST 42/media_publish" },
        { SocialPlatforms.Facebook, "POST 42/feed" },
        { SocialPlatforms.X, "POST 2/tweets" },
        { SocialPlatforms.LinkedIn, "POST rest/posts" },
        { SocialPlatforms.Mastodon, "POST api/v1/statuses" },
        { SocialPlatforms.Bluesky, "POST xrpc/com.atproto.repo.putRecord" },
    };

    [Theory]
    [MemberData(nameof(Creates))]
    public async Task A_post_that_was_not_answered_is_in_doubt_and_was_asked_for_once(string name, string create)
    {
        var (client, target) = await ReadyAsync(name);
        foreach (var answer in (Func<HttpResponseMessage>[])[
            Lost(), Json(500, "{}"), Json(502, "<html>"), Json(503, "{}"), Json(504, ""), Json(408, ""), Json(200, "<html>"), Json(200, "{}"),
            () => throw new TaskCanceledException("The request was canceled due to a timeout.")])
        {
            _platform.On(create, answer);
            _platform.Requests.Clear();
            await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.UnknownOutcome);
            _platform.Of(create).Count().ShouldBe(1);
        }
    }

    [Theory]
    [MemberData(nameof(Creates))]
    public async Task A_post_that_never_left_is_sent_again_later(string name, string create)
    {
        var (client, target) = await ReadyAsync(name);
        _platform.On(create, Unreachable());
        (await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.Transient)).HttpStatus.ShouldBeNull();

        // the token could not be renewed, and it is not known whether it was: no post was asked for
        _platform.NoToken = new(FailureKind.UnknownOutcome, "The authority did not answer.");
        await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.Transient);
    }

    [Theory]
    [MemberData(nameof(Creates))]
    public async Task Cancelled_it_is_no_failure(string name, string create)
    {
        var (client, target) = await ReadyAsync(name);
        using var cancelled = new CancellationTokenSource();
        _platform.On(create, () =>
        {
            cancelled.Cancel();
            throw new OperationCanceledException(cancelled.Token);
        });
        await Should.ThrowAsync<OperationCanceledException>(() => client.SendAsync(target, cancelled.Token));
    }

    [Theory]
    [MemberData(nameof(Creates))]
    public async Task A_gateways_401_says_nothing_of_the_account(string name, string create)
    {
        var (client, target) = await ReadyAsync(name);
        _platform.On(create, Json(401, "<html>Proxy authentication</html>"));
        await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.Transient);
        _platform.Of(create).Select(asked => asked.Token).ShouldBe(["token-1"]);
    }

    [Theory]
    [InlineData(SocialPlatforms.Instagram, "POST 42/media_publish", 400, """{"error":{"message":"Expired","type":"OAuthException","code":190,"error_subcode":463}}""")]
    [InlineData(SocialPlatforms.Facebook, "POST 42/feed", 400, """{"error":{"message":"Expired","type":"OAuthException","code":190}}""")]
    [InlineData(SocialPlatforms.X, "POST 2/tweets", 401, """{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}""")]
    [InlineData(SocialPlatforms.LinkedIn, "POST rest/posts", 401, """{"status":401,"serviceErrorCode":65602,"code":"EXPIRED_ACCESS_TOKEN","message":"The token has expired"}""")]
    [InlineData(SocialPlatforms.Mastodon, "POST api/v1/statuses", 401, """{"error":"The access token is invalid"}""")]
    [InlineData(SocialPlatforms.Bluesky, "POST xrpc/com.atproto.repo.putRecord", 400, """{"error":"ExpiredToken","message":"Token has expired"}""")]
    public async Task A_token_that_is_not_taken_is_told_by_the_platforms_own_code(string name, string create, int status, string body)
    {
        var (client, target) = await ReadyAsync(name);
        _platform.On(create, Json(status, body));
        await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.Unauthorized);
        _platform.Of(create).Select(asked => asked.Token).ShouldBe(["token-1", "token-2"]);
    }

    [Theory]
    [InlineData(SocialPlatforms.Instagram, "POST 42/media_publish", 400, """{"error":{"code":4,"error_subcode":2207051,"message":"Action is blocked"}}""")]
    [InlineData(SocialPlatforms.Instagram, "POST 42/media_publish", 400, """{"error":{"code":25,"error_subcode":2207050,"message":"restricted"}}""")]
    [InlineData(SocialPlatforms.Facebook, "POST 42/feed", 400, """{"error":{"code":368,"message":"deemed abusive"}}""")]
    [InlineData(SocialPlatforms.X, "POST 2/tweets", 403, """{"title":"Forbidden","type":"about:blank","status":403,"detail":"Your account is suspended and is not permitted to access this feature."}""")]
    [InlineData(SocialPlatforms.Mastodon, "POST api/v1/statuses", 403, """{"error":"Your login is currently disabled"}""")]
    [InlineData(SocialPlatforms.Bluesky, "POST xrpc/com.atproto.repo.putRecord", 400, """{"error":"AccountTakedown","message":"Account has been taken down"}""")]
    public async Task An_account_that_is_blocked_is_told_apart(string name, string create, int status, string body)
    {
        var (client, target) = await ReadyAsync(name);
        _platform.On(create, Json(status, body));
        await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.AccountBlocked);
        _platform.Of(create).Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(SocialPlatforms.Instagram, "POST 42/media_publish", 400, """{"error":{"code":9,"error_subcode":2207042,"message":"reached"}}""", "", "", 10 * 3600)]
    [InlineData(SocialPlatforms.Facebook, "POST 42/feed", 400, """{"error":{"code":32,"message":"Page request limit"}}""", "", "", 300)]
    [InlineData(SocialPlatforms.Facebook, "POST 42/feed", 400, """{"error":{"code":80001,"message":"Page request limit"}}""",
        "X-Business-Use-Case-Usage", """{"42":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":7}]}""", 420)]
    [InlineData(SocialPlatforms.X, "POST 2/tweets", 429, """{"title":"Too Many Requests","status":429}""", "x-rate-limit-reset", "1795961100", 300)]
    [InlineData(SocialPlatforms.X, "POST 2/tweets", 429, """{"title":"Too Many Requests","status":429}""", "", "", 900)]
    [InlineData(SocialPlatforms.X, "POST 2/tweets", 429,
        """{"title":"UsageCapExceeded","type":"https://api.twitter.com/2/problems/usage-capped","status":429}""", "", "", 10 * 3600)]
    [InlineData(SocialPlatforms.LinkedIn, "POST rest/posts", 429, """{"status":429,"code":"TOO_MANY_REQUESTS","message":"DAY limit"}""", "", "", 10 * 3600)]
    [InlineData(SocialPlatforms.Mastodon, "POST api/v1/statuses", 429, """{"error":"Too many requests"}""", "X-RateLimit-Reset", "2026-11-29T14:04:00.000Z", 240)]
    [InlineData(SocialPlatforms.Bluesky, "POST xrpc/com.atproto.repo.putRecord", 429, """{"error":"RateLimitExceeded"}""", "RateLimit-Reset", "1795961400", 600)]
    public async Task A_limit_says_until_when(string name, string create, int status, string body, string header, string value, int seconds)
    {
        var (client, target) = await ReadyAsync(name);
        _platform.On(create, header.Length == 0 ? Json(status, body) : Json(status, body, (header, value)));
        var failure = await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.Throttled);
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
        failure.HttpStatus.ShouldBe(status);
    }

    [Theory]
    [InlineData(SocialPlatforms.Instagram, "POST 42/media_publish", 400, """{"error":{"code":36003,"error_subcode":2207009,"message":"aspect ratio"}}""")]
    [InlineData(SocialPlatforms.Facebook, "POST 42/feed", 400, """{"error":{"code":506,"message":"Duplicate status message"}}""")]
    [InlineData(SocialPlatforms.Facebook, "POST 42/feed", 403, """{"error":{"code":200,"message":"Permissions error"}}""")]
    [InlineData(SocialPlatforms.Facebook, "POST 42/feed", 400, """{"error":{"code":1609005,"message":"The link cannot be posted"}}""")]
    [InlineData(SocialPlatforms.X, "POST 2/tweets", 403, """{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}""")]
    [InlineData(SocialPlatforms.X, "POST 2/tweets", 200, """{"errors":[{"title":"Invalid Request","detail":"One of your media IDs is invalid."}]}""")]
    [InlineData(SocialPlatforms.LinkedIn, "POST rest/posts", 403, """{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions"}""")]
    [InlineData(SocialPlatforms.LinkedIn, "POST rest/posts", 422, """{"status":422,"code":"DUPLICATE_POST","message":"Content is a duplicate of urn:li:share:1"}""")]
    [InlineData(SocialPlatforms.Mastodon, "POST api/v1/statuses", 422, """{"error":"Validation failed: Text can't be blank"}""")]
    [InlineData(SocialPlatforms.Bluesky, "POST xrpc/com.atproto.repo.putRecord", 400, """{"error":"InvalidRequest","message":"Record/text must not be longer"}""")]
    public async Task What_would_be_refused_again_fails(string name, string create, int status, string body)
    {
        var (client, target) = await ReadyAsync(name);
        _platform.On(create, Json(status, body));
        await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.Permanent);
    }

    [Theory]
    [InlineData(SocialPlatforms.Instagram, "POST 42/media_publish", 400, """{"error":{"code":9007,"error_subcode":2207027,"message":"not ready"}}""")]
    [InlineData(SocialPlatforms.Instagram, "POST 42/media_publish", 400, """{"error":{"code":24,"error_subcode":2207008,"message":"expired"}}""")]
    [InlineData(SocialPlatforms.Facebook, "POST 42/feed", 400, """{"error":{"code":2,"message":"Please retry","is_transient":true}}""")]
    [InlineData(SocialPlatforms.Mastodon, "POST api/v1/statuses", 422, """{"error":"Cannot attach files that have not finished processing. Try again in a moment!"}""")]
    [InlineData(SocialPlatforms.Bluesky, "POST xrpc/com.atproto.repo.putRecord", 400, """{"error":"BlobNotFound","message":"Could not find blob"}""")]
    public async Task What_was_certainly_not_made_and_may_succeed_later_is_tried_again(string name, string create, int status, string body)
    {
        var (client, target) = await ReadyAsync(name);
        _platform.On(create, Json(status, body));
        await Target.FailsAsync(() => client.SendAsync(target, CancellationToken.None), FailureKind.Transient);
    }

    [Theory]
    [InlineData(SocialPlatforms.Facebook, "DELETE 42_1", "42_1", 400, """{"error":{"code":100,"error_subcode":33,"message":"does not exist"}}""")]
    [InlineData(SocialPlatforms.X, "DELETE 2/tweets/7", "7", 404, """{"title":"Not Found Error","detail":"Could not find tweet"}""")]
    [InlineData(SocialPlatforms.LinkedIn, "DELETE rest/posts/urn%3Ali%3Ashare%3A7", "urn:li:share:7", 404, """{"status":404,"message":"Not found"}""")]
    [InlineData(SocialPlatforms.Mastodon, "DELETE api/v1/statuses/7", "7", 404, """{"error":"Record not found"}""")]
    public async Task What_is_not_there_is_deleted(string name, string delete, string id, int status, string body)
    {
        var (client, target) = await ReadyAsync(name);
        _platform.On(delete, Json(status, body));
        await client.DeleteAsync(target.Account, id, CancellationToken.None);
        _platform.Of(delete).Count().ShouldBe(1);
        _platform.On(delete, Json(500, "{}"));
        await Target.FailsAsync(() => client.DeleteAsync(target.Account, id, CancellationToken.None), FailureKind.Transient);
    }

    // with what goes before the post done, where there is something
    private async Task<(ISocialPlatform Client, PublishTarget Target)> ReadyAsync(string name)
    {
        var client = Clients.Of(name, _platform);
        if (name != SocialPlatforms.Instagram)
            return (client, Target.Of(name, "hello"));
        _platform.On("POST 42/media", Json("""{"id":"900"}""")).On("GET 900", Json("""{"status_code":"FINISHED"}"""));
        return (client, await Target.Of(name, "hello", Target.Image()).PreparedAsync(client, _platform));
    }
}
