using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Platforms;
using static Switchboard.Tests.Unit.Social.Platforms.FakePlatform;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>A page's posts: links, photos, videos, and which of them was ours.</summary>
public sealed class FacebookClientTests
{
    private readonly FakePlatform _platform = new();
    private readonly FacebookClient _client;

    public FacebookClientTests() => _client = new(_platform, _platform.Time);

    [Fact]
    public async Task A_link_is_a_card()
    {
        _platform.On("POST 42/feed", Json(200, """{"id":"42_1"}""", ("X-Business-Use-Case-Usage",
            """{"42":[{"type":"pages","call_count":20,"total_time":91,"total_cputime":1,"estimated_time_to_regain_access":0}]}""")));
        var post = await _client.SendAsync(Target.Of(SocialPlatforms.Facebook, "hello") with { Link = "https://a.at" }, CancellationToken.None);
        post.ShouldBe(new PublishedPost("42_1", "https://www.facebook.com/42_1", TimeSpan.FromMinutes(1)));
        _platform.Of("POST 42/feed").ShouldHaveSingleItem().Form.ShouldBe("message: hello; link: https://a.at");
    }

    [Fact]
    public async Task Photos_are_unpublished_until_the_feed_names_them()
    {
        _platform.On("POST 42/photos", Json("""{"id":"71"}"""), Json("""{"id":"72"}""")).On("POST 42/feed", Json("""{"id":"42_1"}"""));
        var target = await (Target.Of(SocialPlatforms.Facebook, "two", Target.Image(), Target.Image(2)) with { Link = "https://a.at" })
            .PreparedAsync(_client, _platform);
        await _client.SendAsync(target, CancellationToken.None);
        _platform.Of("POST 42/photos").First().Form.ShouldBe(
            "url: https://switchboard.test/m/1; published: false; temporary: true; alt_text_custom: A cat");
        _platform.Of("POST 42/feed").ShouldHaveSingleItem().Form.ShouldBe(
            "message: two\nhttps://a.at; attached_media[0]: {\"media_fbid\":\"71\"}; attached_media[1]: {\"media_fbid\":\"72\"}");
    }

    [Fact]
    public async Task What_was_uploaded_before_a_failure_is_kept()
    {
        _platform.On("POST 42/photos", Json("""{"id":"71"}"""), Json(500, "{}"), Json(500, "{}"), Json("""{"id":"72"}"""));
        var target = Target.Of(SocialPlatforms.Facebook, "two", Target.Image(), Target.Image(2));
        var first = await _client.PrepareAsync(target, CancellationToken.None);
        first.LookAgain.ShouldBe(TimeSpan.FromSeconds(1));
        target = target with { Prepared = first.State };

        // nothing new was made: now it shows
        await Target.FailsAsync(() => _client.PrepareAsync(target, CancellationToken.None), FailureKind.Transient);
        var done = await _client.PrepareAsync(target, CancellationToken.None);
        done.LookAgain.ShouldBeNull();
        PreparedPost.Of(target with { Prepared = done.State }).Media.Select(photo => photo.Id).ShouldBe(["71", "72"]);
        _platform.Of("POST 42/photos").Count().ShouldBe(4);
    }

    [Fact]
    public async Task A_video_is_posted_by_its_address()
    {
        _platform.On("POST 42/videos", Json("""{"id":"55"}"""));
        var target = await Target.Of(SocialPlatforms.Facebook, "see", Target.Video()).PreparedAsync(_client, _platform);
        (await _client.SendAsync(target, CancellationToken.None)).RemoteId.ShouldBe("55");
        _platform.Requests.ShouldHaveSingleItem().Form.ShouldBe("file_url: https://switchboard.test/m/99; description: see");
    }

    [Fact]
    public async Task Reading_back_takes_the_very_text_of_that_time_and_no_other_targets()
    {
        var sentAt = _platform.Now;
        _platform.Time.Advance(TimeSpan.FromSeconds(10));
        var target = Target.Of(SocialPlatforms.Facebook, "hello");
        _platform.On("GET 42/published_posts", Json(
            """
            {"data":[{"id":"42_5","message":"hello!","created_time":"2026-11-29T14:00:01+0000"},
            {"id":"42_4","message":"hello","created_time":"2026-11-29T14:30:00+0000"},
            {"id":"42_3","message":"hello","created_time":"2026-11-29T14:00:02+0000","permalink_url":"https://www.facebook.com/x"},
            {"id":"42_2","message":"hello","created_time":"2026-11-29T14:00:01+0000"},
            {"id":"42_1","message":"hello","created_time":"2026-11-29T13:00:00+0000"}]}
            """));
        (await ReadAsync()).ShouldBeOfType<ReadBack.Found>().Post.RemoteId.ShouldBe("42_2");
        target = target with { Claimed = new HashSet<string> { "42_2" } };
        (await ReadAsync()).ShouldBeOfType<ReadBack.Found>().Post.ShouldBe(new("42_3", "https://www.facebook.com/x"));
        target = target with { Claimed = new HashSet<string> { "42_2", "42_3" } };
        (await ReadAsync()).ShouldBeOfType<ReadBack.NotYet>().LookAgain.ShouldBe(TimeSpan.FromSeconds(5));
        _platform.Time.Advance(TimeSpan.FromSeconds(50));
        (await ReadAsync()).ShouldBeOfType<ReadBack.Absent>();
        _platform.Of("GET 42/published_posts").First().Path.ShouldContain("since=1795960740&until=1795961400");

        Task<ReadBack> ReadAsync() => _client.ReadBackAsync(target, sentAt, CancellationToken.None);
    }

    [Fact]
    public async Task Who_may_not_list_posts_cannot_tell_and_an_outage_says_nothing()
    {
        var target = Target.Of(SocialPlatforms.Facebook, "hello");
        _platform.On("GET 42/published_posts", Json(403, """{"error":{"code":200,"message":"Requires pages_read_engagement"}}"""));
        (await _client.ReadBackAsync(target, _platform.Now, CancellationToken.None)).ShouldBeOfType<ReadBack.CannotTell>();
        _platform.On("GET 42/published_posts", Lost());
        await Target.FailsAsync(() => _client.ReadBackAsync(target, _platform.Now, CancellationToken.None), FailureKind.Transient);
    }

    [Fact]
    public async Task Media_without_a_text_have_nothing_to_be_told_by()
    {
        var target = Target.Of(SocialPlatforms.Facebook, "");
        _platform.On("GET 42/published_posts", Json("""{"data":[{"id":"42_5","created_time":"2026-11-29T14:00:01+0000"}]}"""));
        (await _client.ReadBackAsync(target, _platform.Now, CancellationToken.None)).ShouldBeOfType<ReadBack.CannotTell>();
    }
}
