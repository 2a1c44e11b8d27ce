using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Platforms;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Platforms;
using static Switchboard.Tests.Unit.Social.Platforms.FakePlatform;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>Posts of Mastodon: one key for all attempts, media that are processed, the source of what was posted.</summary>
public sealed class MastodonClientTests
{
    private readonly FakePlatform _platform = new();
    private readonly MastodonClient _client;

    public MastodonClientTests() => _client = new(_platform, _platform.Time);

    [Fact]
    public async Task Each_attempt_has_the_same_key()
    {
        _platform.On("POST api/v1/statuses", Lost(), Json(200, """{"id":"7","url":"https://platform.test/@demo/7","created_at":"2026-11-29T14:00:00Z"}""",
            ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "2026-11-29T14:05:00.000000Z")));
        var target = Target.Of(SocialPlatforms.Mastodon, "hello");
        await Target.FailsAsync(() => _client.SendAsync(target, CancellationToken.None), FailureKind.UnknownOutcome);
        (await _client.SendAsync(target with { Attempt = 2 }, CancellationToken.None))
            .ShouldBe(new PublishedPost("7", "https://platform.test/@demo/7", TimeSpan.FromMinutes(5)));
        _platform.Requests.Select(asked => (asked.Key, asked.Body)).Distinct().ShouldBe([(Target.Id.ToString(), """{"status":"hello","media_ids":[]}""")]);
    }

    [Fact]
    public async Task Media_are_processed_before_they_are_in_a_post()
    {
        _platform.On("POST api/v2/media", Json(202, """{"id":"71","url":null}"""), Json(200, """{"id":"72"}"""))
            .On("GET api/v1/media/71", Json(206, """{"id":"71"}"""), Json(200, """{"id":"71"}"""))
            .On("POST api/v1/statuses", Json("""{"id":"7","created_at":"2026-11-29T14:00:00Z"}"""));
        var target = await Target.Of(SocialPlatforms.Mastodon, "two", Target.Image(content: "first"), Target.Image(2)).PreparedAsync(_client, _platform);
        await _client.SendAsync(target, CancellationToken.None);
        var upload = _platform.Of("POST api/v2/media").First().Body;
        upload.ShouldContain("first");
        upload.ShouldContain("A cat");
        _platform.Of("GET api/v1/media/71").Count().ShouldBe(2);
        _platform.Of("POST api/v1/statuses").Single().Body.ShouldBe("""{"status":"two","media_ids":["71","72"]}""");
    }

    [Fact]
    public async Task What_is_never_done_is_given_up()
    {
        _platform.On("POST api/v2/media", Json(202, """{"id":"71"}""")).On("GET api/v1/media/71", Json(206, """{"id":"71"}"""));
        var target = Target.Of(SocialPlatforms.Mastodon, "see", Target.Video());
        target = target with { Prepared = (await _client.PrepareAsync(target, CancellationToken.None)).State };
        _platform.Time.Advance(TimeSpan.FromMinutes(20));
        (await _client.PrepareAsync(target, CancellationToken.None)).LookAgain.ShouldBe(TimeSpan.FromMinutes(1));
        _platform.Time.Advance(TimeSpan.FromMinutes(20));
        await Target.FailsAsync(() => _client.PrepareAsync(target, CancellationToken.None), FailureKind.Permanent);
    }

    [Fact]
    public async Task Reading_back_compares_the_source()
    {
        var sentAt = _platform.Now;
        var target = Target.Of(SocialPlatforms.Mastodon, "hello <all>");
        _platform.On("GET api/v1/accounts/42/statuses", Json(
                """
                [{"id":"9","created_at":"2026-11-29T14:00:02.000Z","url":"https://platform.test/@demo/9","content":"<p>hello &lt;all&gt; !</p>"},
                {"id":"8","created_at":"2026-11-29T14:00:01.000Z","url":"https://platform.test/@demo/8","content":"<p>hello &lt;all&gt;</p>"},
                {"id":"7","created_at":"2026-11-29T13:00:01.000Z","content":"<p>hello &lt;all&gt;</p>"}]
                """))
            .On("GET api/v1/statuses/9/source", Json("""{"id":"9","text":"hello <all> !","spoiler_text":""}"""))
            .On("GET api/v1/statuses/8/source", Json("""{"id":"8","text":"hello <all>","spoiler_text":""}"""));
        (await ReadAsync()).ShouldBeOfType<ReadBack.Found>().Post.ShouldBe(new("8", "https://platform.test/@demo/8"));

        // the key may be forgotten by the next attempt: what is not listed is believed no sooner than elsewhere
        target = target with { Claimed = new HashSet<string> { "8" } };
        (await ReadAsync()).ShouldBeOfType<ReadBack.NotYet>();
        _platform.Time.Advance(TimeSpan.FromMinutes(1));
        (await ReadAsync()).ShouldBeOfType<ReadBack.Absent>();
        _platform.Of("GET api/v1/statuses/7").ShouldBeEmpty();

        Task<ReadBack> ReadAsync() => _client.ReadBackAsync(target, sentAt, CancellationToken.None);
    }

    [Fact]
    public async Task An_account_that_its_instance_has_suspended_is_blocked()
    {
        var account = Target.Of(SocialPlatforms.Mastodon, "").Account with { Handle = "old@platform.test" };
        _platform.On("GET api/v1/accounts/verify_credentials", Json("""{"id":"42","username":"cat","acct":"cat","display_name":"The cat"}"""))
            .On("GET api/v2/instance", Json(404, "{}"));
        (await _client.CheckAsync(account, CancellationToken.None)).ShouldBe(new AccountCheck("cat@platform.test", "The cat"));
        _platform.On("GET api/v1/accounts/verify_credentials", Json("""{"id":"42","username":"cat","suspended":true}"""));
        await Target.FailsAsync(() => _client.CheckAsync(account, CancellationToken.None), FailureKind.AccountBlocked);
    }

    [Fact]
    public async Task What_the_instance_takes_is_asked_once_a_day_and_holds_for_posts()
    {
        _platform.On("GET api/v1/accounts/verify_credentials", Json("""{"id":"42","username":"cat"}"""))
            .On("GET api/v2/instance", Json(503, """{"error":"maintenance"}"""), Json(
                """
                {"domain":"platform.test","version":"4.4.0","configuration":{
                    "statuses":{"max_characters":1000,"max_media_attachments":8,"characters_reserved_per_url":10},
                    "media_attachments":{"image_size_limit":16777216}}}
                """));
        var account = Target.Of(SocialPlatforms.Mastodon, "").Account;
        (await CheckAsync()).ShouldBeNull("it does not say: it is as they are at first");
        await PrepareAsync(500);
        (await Target.FailsAsync(() => PrepareAsync(501), FailureKind.Permanent)).Error.ShouldContain("500");

        account = account with { Limits = await CheckAsync() };
        account.Limits.ShouldBe(new InstanceLimits(1_000, 8, 10, _platform.Now));
        await PrepareAsync(1_000);
        (await Target.FailsAsync(() => PrepareAsync(1_001), FailureKind.Permanent)).Error.ShouldContain("1,000");

        _platform.Time.Advance(TimeSpan.FromHours(23));
        (await CheckAsync()).ShouldBeNull();
        _platform.Time.Advance(TimeSpan.FromHours(1));
        (await CheckAsync()).ShouldNotBeNull();
        _platform.Of("GET api/v2/instance").Count().ShouldBe(3);

        async Task<InstanceLimits?> CheckAsync() => (await _client.CheckAsync(account, CancellationToken.None)).Limits;

        Task PrepareAsync(int length) => _client.PrepareAsync(
            Target.Of(SocialPlatforms.Mastodon, new string('a', length)) with { Account = account }, CancellationToken.None);
    }
}
