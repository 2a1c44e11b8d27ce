using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Platforms;
using static Switchboard.Tests.Unit.Social.Platforms.FakePlatform;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>Containers that take their time, carousels, and a container that is never published twice.</summary>
public sealed class InstagramClientTests
{
    private const string InProgress = """{"status_code":"IN_PROGRESS","status":"In progress"}""";
    private const string Finished = """{"status_code":"FINISHED","status":"Finished"}""";
    private const string Published = """{"status_code":"PUBLISHED","status":"Published"}""";

    private readonly FakePlatform _platform = new();
    private readonly InstagramClient _client;

    public InstagramClientTests() => _client = new(_platform, _platform.Time);

    [Fact]
    public async Task An_image_is_a_container_that_is_published_when_it_is_finished()
    {
        _platform.On("POST 42/media", Json("""{"id":"900"}""")).On("GET 900", Json(InProgress), Json(InProgress), Json(Finished))
            .On("POST 42/media_publish", Json(200, """{"id":"17"}""", ("X-App-Usage", """{"call_count":95,"total_time":10,"total_cputime":10}""")))
            .On("GET 17", Json("""{"id":"17","permalink":"https://www.instagram.com/p/abc/"}"""));
        var target = await Target.Of(SocialPlatforms.Instagram, "hello", Target.Image()).PreparedAsync(_client, _platform);
        var post = await _client.SendAsync(target, CancellationToken.None);

        post.ShouldBe(new PublishedPost("17", "https://www.instagram.com/p/abc/", TimeSpan.FromMinutes(1)));
        _platform.Of("POST 42/media").First().Form.ShouldBe("image_url: https://switchboard.test/m/1; alt_text: A cat; caption: hello");
        _platform.Of("POST 42/media_publish").ShouldHaveSingleItem().Form.ShouldBe("creation_id: 900");
    }

    [Fact]
    public async Task A_carousel_waits_for_its_items_and_then_for_itself()
    {
        _platform.On("POST 42/media", Json("""{"id":"901"}"""), Json("""{"id":"902"}"""), Json("""{"id":"900"}"""))
            .On("GET 901", Json(Finished)).On("GET 902", Json(InProgress), Json(Finished)).On("GET 900", Json(Finished));
        var target = await Target.Of(SocialPlatforms.Instagram, "two", Target.Image(), Target.Video()).PreparedAsync(_client, _platform);

        var made = _platform.Of("POST 42/media").Select(asked => asked.Form).ToList();
        made.Count.ShouldBe(3);
        made[1].ShouldBe("media_type: VIDEO; video_url: https://switchboard.test/m/99; is_carousel_item: true");
        made[2].ShouldBe("media_type: CAROUSEL; children: 901,902; caption: two");
        PreparedPost.Of(target).Container!.Id.ShouldBe("900");
    }

    [Fact]
    public async Task A_video_is_a_reel()
    {
        _platform.On("POST 42/media", Json("""{"id":"900"}""")).On("GET 900", Json(Finished));
        await Target.Of(SocialPlatforms.Instagram, "hello", Target.Video()).PreparedAsync(_client, _platform);
        _platform.Of("POST 42/media").ShouldHaveSingleItem().Form.ShouldStartWith("media_type: REELS");
    }

    [Fact]
    public async Task What_is_prepared_is_not_made_again_unless_it_died_or_the_text_changed()
    {
        _platform.On("POST 42/media", Json("""{"id":"900"}"""), Json("""{"id":"901"}"""), Json("""{"id":"902"}"""))
            .On("GET 90", Json(Finished));
        var target = await Target.Of(SocialPlatforms.Instagram, "hello", Target.Image()).PreparedAsync(_client, _platform);
        target = await target.PreparedAsync(_client, _platform);
        _platform.Of("POST 42/media").Count().ShouldBe(1);

        target = target with { Text = "changed" };
        await Target.FailsAsync(() => _client.SendAsync(target, CancellationToken.None), FailureKind.Transient);
        target = await target.PreparedAsync(_client, _platform);
        PreparedPost.Of(target).Container!.Id.ShouldBe("901");

        _platform.Time.Advance(TimeSpan.FromHours(21));
        PreparedPost.Of(await target.PreparedAsync(_client, _platform)).Container!.Id.ShouldBe("902");
    }

    [Fact]
    public async Task A_container_that_failed_is_made_again_by_the_next_attempt_alone()
    {
        _platform.On("POST 42/media", Json("""{"id":"900"}"""), Json("""{"id":"901"}""")).On("GET 901", Json(Finished))
            .On("GET 900", Json(InProgress), Json("""{"status_code":"ERROR","status":"Error: Media upload has failed with error code 2207053"}"""));
        var first = Target.Of(SocialPlatforms.Instagram, "hello", Target.Image());
        first = first with { Prepared = (await _client.PrepareAsync(first, CancellationToken.None)).State };
        (await Target.FailsAsync(() => _client.PrepareAsync(first, CancellationToken.None), FailureKind.Transient)).HttpStatus.ShouldBe(200);
        _platform.Of("POST 42/media").Count().ShouldBe(1);
        PreparedPost.Of(await (first with { Attempt = 2 }).PreparedAsync(_client, _platform)).Container!.Id.ShouldBe("901");

        _platform.On("POST 42/media", Json("""{"id":"903"}"""))
            .On("GET 903", Json("""{"status_code":"ERROR","status":"Error: 2207026 unsupported video format"}"""));
        await Target.FailsAsync(
            () => Target.Of(SocialPlatforms.Instagram, "hello", Target.Video()).PreparedAsync(_client, _platform), FailureKind.Permanent);
    }

    [Fact]
    public async Task A_container_that_is_published_is_not_published_again()
    {
        var target = await PreparedAsync();
        _platform.On("GET 900", Json(Published)).On("GET 42/media", Json(
            """{"data":[{"id":"17","caption":"hello","timestamp":"2026-11-29T14:00:03+0000","permalink":"https://www.instagram.com/p/abc/"}]}"""));
        (await _client.SendAsync(target with { Attempt = 2 }, CancellationToken.None)).RemoteId.ShouldBe("17");
        _platform.Of("POST 42/media_publish").ShouldBeEmpty();
    }

    [Fact]
    public async Task Reading_back_asks_the_container()
    {
        var target = await PreparedAsync();
        var sentAt = _platform.Now;
        _platform.On("GET 42/media", Json(
            """
            {"data":[{"id":"18","caption":"another","timestamp":"2026-11-29T14:00:05+0000"},
            {"id":"17","caption":"hello","timestamp":"2026-11-29T14:00:03+0000","permalink":"https://www.instagram.com/p/abc/"},
            {"id":"3","caption":"hello","timestamp":"2026-11-01T14:00:03+0000"}]}
            """));
        _platform.On("GET 900", Json(Finished));
        (await ReadAsync()).ShouldBeOfType<ReadBack.NotYet>();
        _platform.Time.Advance(TimeSpan.FromMinutes(2));
        (await ReadAsync()).ShouldBeOfType<ReadBack.Absent>();
        _platform.On("GET 900", Json(Published));
        (await ReadAsync()).ShouldBeOfType<ReadBack.Found>().Post.ShouldBe(new("17", "https://www.instagram.com/p/abc/"));

        // published it is, though which post it is cannot be told: it is another target's
        target = target with { Claimed = new HashSet<string> { "17" } };
        (await ReadAsync()).ShouldBeOfType<ReadBack.Found>().Post.RemoteId.ShouldBe("container:900");

        Task<ReadBack> ReadAsync() => _client.ReadBackAsync(target, sentAt, CancellationToken.None);
    }

    [Fact]
    public async Task The_quota_is_read()
    {
        _platform.On("GET 42?", Json("""{"username":"cat","name":"The cat"}"""))
            .On("GET 42/content_publishing_limit", Json("""{"data":[{"quota_usage":23,"config":{"quota_total":50,"quota_duration":86400}}]}"""));
        var check = await _client.CheckAsync(Target.Of(SocialPlatforms.Instagram, "").Account, CancellationToken.None);
        check.ShouldBe(new AccountCheck("cat", "The cat", new PlatformQuota(23, 50)));
    }

    private Task<PublishTarget> PreparedAsync()
    {
        _platform.On("POST 42/media", Json("""{"id":"900"}""")).On("GET 900", Json(Finished));
        return Target.Of(SocialPlatforms.Instagram, "hello", Target.Image()).PreparedAsync(_client, _platform);
    }
}
