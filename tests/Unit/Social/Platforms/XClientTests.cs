using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Platforms;
using static Switchboard.Tests.Unit.Social.Platforms.FakePlatform;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>Posts of X, media in segments, and a text that comes back otherwise than it was written.</summary>
public sealed class XClientTests
{
    private readonly FakePlatform _platform = new();
    private readonly XClient _client;

    public XClientTests() => _client = new(_platform, _platform.Time);

    [Fact]
    public async Task A_post_is_made_and_a_spent_limit_is_told()
    {
        _platform.On("POST 2/tweets", Json(201, """{"data":{"id":"7","text":"hello"}}""",
            ("x-rate-limit-limit", "100"), ("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1795961400"), ("x-user-limit-24hour-remaining", "9")));
        (await _client.SendAsync(Target.Of(SocialPlatforms.X, "hello"), CancellationToken.None))
            .ShouldBe(new PublishedPost("7", "https://x.com/demo/status/7", TimeSpan.FromMinutes(10)));
        _platform.Requests.ShouldHaveSingleItem().Body.ShouldBe("""{"text":"hello"}""");
    }

    [Fact]
    public async Task A_video_goes_up_in_segments_and_is_waited_for()
    {
        const long Bytes = (4 * 1024 * 1024) + 3;
        _platform.On("POST 2/media/upload/initialize", Json("""{"data":{"id":"88","media_key":"7_88"}}"""))
            .On("POST 2/media/upload/88/append", Json("""{"data":{"expires_at":1}}"""))
            .On("POST 2/media/upload/88/finalize", Json("""{"data":{"id":"88","processing_info":{"state":"pending","check_after_secs":7}}}"""))
            .On("GET 2/media/upload?command=STATUS&media_id=88",
                Json("""{"data":{"id":"88","processing_info":{"state":"in_progress","check_after_secs":3}}}"""),
                Json("""{"data":{"id":"88","processing_info":{"state":"succeeded"}}}"""))
            .On("POST 2/tweets", Json(201, """{"data":{"id":"7","text":"see"}}"""));
        var begun = _platform.Now;
        var target = await Target.Of(SocialPlatforms.X, "see", Target.Video(Bytes)).PreparedAsync(_client, _platform);
        (_platform.Now - begun).ShouldBe(TimeSpan.FromSeconds(10));
        await _client.SendAsync(target, CancellationToken.None);

        var begin = _platform.Of("POST 2/media/upload/initialize").ShouldHaveSingleItem().Json;
        (begin.GetProperty("total_bytes").GetInt64(), begin.GetProperty("media_category").GetString()).ShouldBe((Bytes, "tweet_video"));
        var segments = _platform.Of("POST 2/media/upload/88/append").Select(asked => asked.Body).ToList();
        segments.Count.ShouldBe(2);
        segments[0].Count(letter => letter == '\0').ShouldBe(4 * 1024 * 1024);
        segments[1].Count(letter => letter == '\0').ShouldBe(3);
        _platform.Of("POST 2/tweets").Single().Body.ShouldBe("""{"text":"see","media":{"media_ids":["88"]}}""");
    }

    [Fact]
    public async Task An_image_has_its_alternative_text()
    {
        _platform.On("POST 2/media/upload/initialize", Json("""{"data":{"id":"88"}}""")).On("POST 2/media/upload/88/append", Json("{}"))
            .On("POST 2/media/upload/88/finalize", Json("""{"data":{"id":"88"}}""")).On("POST 2/media/metadata", Json("{}"));
        await Target.Of(SocialPlatforms.X, "see", Target.Image(content: "the picture")).PreparedAsync(_client, _platform);
        _platform.Of("POST 2/media/upload/88/append").Single().Body.ShouldContain("the picture");
        _platform.Of("POST 2/media/metadata").Single().Body.ShouldBe("""{"id":"88","metadata":{"alt_text":{"text":"A cat"}}}""");
    }

    [Fact]
    public async Task A_video_that_X_cannot_read_fails()
    {
        _platform.On("POST 2/media/upload/initialize", Json("""{"data":{"id":"88"}}""")).On("POST 2/media/upload/88/append", Json("{}"))
            .On("POST 2/media/upload/88/finalize", Json(
                """{"data":{"id":"88","processing_info":{"state":"failed","error":{"code":1,"name":"InvalidMedia","message":"Unsupported video format"}}}}"""));
        var failure = await Target.FailsAsync(
            () => _client.PrepareAsync(Target.Of(SocialPlatforms.X, "see", Target.Video()), CancellationToken.None), FailureKind.Permanent);
        failure.Error.ShouldContain("Unsupported video format");
    }

    [Fact]
    public async Task Reading_back_knows_the_text_with_shortened_links_media_and_entities()
    {
        var target = Target.Of(SocialPlatforms.X, "A & B <see> https://example.com/long?a=1");
        _platform.On("GET 2/users/42/tweets", Json(
            """
            {"data":[{"id":"9","text":"A &amp; B &lt;see&gt; https://t.co/one","created_at":"2026-11-29T14:00:01.000Z",
              "entities":{"urls":[{"url":"https://t.co/one","expanded_url":"https://example.com/other"}]}},
            {"id":"8","text":"A &amp; B &lt;see&gt; https://t.co/two https://t.co/pic","created_at":"2026-11-29T14:00:02.000Z",
              "entities":{"urls":[{"url":"https://t.co/two","expanded_url":"https://example.com/long?a=1"},
              {"url":"https://t.co/pic","expanded_url":"https://x.com/demo/status/8/photo/1","media_key":"3_1"}]}}],"meta":{"result_count":2}}
            """));
        (await _client.ReadBackAsync(target, _platform.Now, CancellationToken.None)).ShouldBeOfType<ReadBack.Found>().Post
            .ShouldBe(new("8", "https://x.com/demo/status/8"));
        var path = _platform.Requests.ShouldHaveSingleItem().Path;
        path.ShouldContain("start_time=2026-11-29T13:59:00Z");
        path.ShouldNotContain("end_time");
    }

    [Fact]
    public async Task Without_posts_there_is_none()
    {
        _platform.On("GET 2/users/42/tweets", Json("""{"meta":{"result_count":0}}"""));
        var sentAt = _platform.Now;
        _platform.Time.Advance(TimeSpan.FromHours(2));
        (await _client.ReadBackAsync(Target.Of(SocialPlatforms.X, "hello"), sentAt, CancellationToken.None)).ShouldBeOfType<ReadBack.Absent>();
        _platform.Requests.ShouldHaveSingleItem().Path.ShouldContain("end_time=2026-11-29T14:10:00Z");
    }

    [Fact]
    public async Task The_account_is_asked_who_it_is()
    {
        _platform.On("GET 2/users/me", Json("""{"data":{"id":"42","name":"The cat","username":"cat"}}"""));
        (await _client.CheckAsync(Target.Of(SocialPlatforms.X, "").Account, CancellationToken.None)).ShouldBe(new AccountCheck("cat", "The cat"));
    }
}
