using Microsoft.Extensions.Options;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Platforms;
using static Switchboard.Tests.Unit.Social.Platforms.FakePlatform;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>Posts of LinkedIn: escaped, with media that are put to addresses, read back where that is allowed.</summary>
public sealed class LinkedInClientTests
{
    private readonly FakePlatform _platform = new();
    private readonly LinkedInClient _client;

    public LinkedInClientTests() => _client = new(_platform, Options.Create(new LinkedInOptions()), _platform.Time);

    [Fact]
    public async Task A_post_is_escaped_and_named_by_a_header()
    {
        _platform.On("POST rest/posts", Json(201, "", ("x-restli-id", "urn:li:share:7")));
        (await _client.SendAsync(Target.Of(SocialPlatforms.LinkedIn, "we (all) #ship"), CancellationToken.None))
            .ShouldBe(new PublishedPost("urn:li:share:7", "https://www.linkedin.com/feed/update/urn:li:share:7"));
        var body = _platform.Requests.ShouldHaveSingleItem().Json;
        body.GetProperty("commentary").GetString().ShouldBe(@"we \(all\) \#ship");
        body.GetProperty("author").GetString().ShouldBe("urn:li:person:demo");
        body.GetProperty("lifecycleState").GetString().ShouldBe("PUBLISHED");
        body.GetProperty("distribution").GetProperty("feedDistribution").GetString().ShouldBe("MAIN_FEED");
        body.TryGetProperty("content", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Images_are_put_and_waited_for()
    {
        _platform.On("POST rest/images?action=initializeUpload",
                Json("""{"value":{"uploadUrl":"https://upload.platform.test/one","image":"urn:li:image:1"}}"""),
                Json("""{"value":{"uploadUrl":"https://upload.platform.test/two","image":"urn:li:image:2"}}"""))
            .On("PUT one", Json(201, "")).On("PUT two", Json(201, ""))
            .On("GET rest/images/urn%3Ali%3Aimage%3A1", Json("""{"status":"PROCESSING"}"""), Json("""{"status":"AVAILABLE"}"""))
            .On("GET rest/images/urn%3Ali%3Aimage%3A2", Json("""{"status":"AVAILABLE"}"""))
            .On("POST rest/posts", Json(201, "", ("x-restli-id", "urn:li:share:7")));
        var target = await Target.Of(SocialPlatforms.LinkedIn, "two", Target.Image(content: "first"), Target.Image(2, content: "second"))
            .PreparedAsync(_client, _platform);
        await _client.SendAsync(target, CancellationToken.None);

        _platform.Of("PUT two").ShouldHaveSingleItem().Body.ShouldBe("second");
        _platform.Of("POST rest/posts").Single().Json.GetProperty("content").GetRawText().ShouldBe(
            """{"multiImage":{"images":[{"id":"urn:li:image:1","altText":"A cat"},{"id":"urn:li:image:2","altText":"A cat"}]}}""");
    }

    [Fact]
    public async Task A_video_is_put_in_parts_that_are_named_at_its_end()
    {
        _platform.On("POST rest/videos?action=initializeUpload", Json(
                """
                {"value":{"video":"urn:li:video:1","uploadToken":"t","uploadInstructions":[
                {"uploadUrl":"https://upload.platform.test/one","firstByte":0,"lastByte":5},
                {"uploadUrl":"https://upload.platform.test/two","firstByte":6,"lastByte":9}]}}
                """))
            .On("PUT one", Json(200, "", ("ETag", "\"e1\""))).On("PUT two", Json(200, "", ("ETag", "e2")))
            .On("POST rest/videos?action=finalizeUpload", Json(200, ""))
            .On("GET rest/videos/urn%3Ali%3Avideo%3A1", Json("""{"status":"PROCESSING"}"""), Json("""{"status":"AVAILABLE"}"""));
        var target = await Target.Of(SocialPlatforms.LinkedIn, "see", Target.Video()).PreparedAsync(_client, _platform);
        PreparedPost.Of(target).Media.ShouldHaveSingleItem().Id.ShouldBe("urn:li:video:1");
        _platform.Of("PUT two").Single().Body.Length.ShouldBe(4);
        _platform.Of("POST rest/videos?action=finalizeUpload").Single().Body.ShouldBe(
            """{"finalizeUploadRequest":{"video":"urn:li:video:1","uploadToken":"t","uploadedPartIds":["e1","e2"]}}""");
    }

    [Fact]
    public async Task Reading_back_compares_the_text_as_it_was_written()
    {
        var target = Target.Of(SocialPlatforms.LinkedIn, "we (all) #ship");
        _platform.On("GET rest/posts?author=urn%3Ali%3Aperson%3Ademo&q=author", Json(
            $$"""
            {"elements":[
            {"id":"urn:li:share:9","commentary":"we \\(all\\) \\#ship","createdAt":{{At(1)}},"lifecycleState":"DRAFT"},
            {"id":"urn:li:share:8","commentary":"we \\(all\\) \\#ship","createdAt":{{At(2)}},"lifecycleState":"PUBLISHED"},
            {"id":"urn:li:share:7","commentary":"we \\(all\\) \\#ship","createdAt":{{At(-3600)}},"lifecycleState":"PUBLISHED"}]}
            """));
        (await _client.ReadBackAsync(target, _platform.Now, CancellationToken.None)).ShouldBeOfType<ReadBack.Found>().Post.RemoteId
            .ShouldBe("urn:li:share:8");

        long At(int seconds) => _platform.Now.AddSeconds(seconds).ToUnixTimeMilliseconds();
    }

    [Fact]
    public async Task Posts_are_read_as_far_back_as_the_attempt()
    {
        var sentAt = _platform.Now;
        _platform.Time.Advance(TimeSpan.FromHours(1));
        _platform.On("GET rest/posts", Json(Page(0, sentAt.AddMinutes(30))));
        (await ReadAsync()).ShouldBeOfType<ReadBack.CannotTell>(); // as many pages as are read are newer
        _platform.On("GET rest/posts", Json(Page(0, sentAt.AddMinutes(30))), Json(Page(100, sentAt.AddMinutes(-30))));
        (await ReadAsync()).ShouldBeOfType<ReadBack.Absent>();
        _platform.Requests[^1].Path.ShouldContain("start=100");

        Task<ReadBack> ReadAsync() => _client.ReadBackAsync(Target.Of(SocialPlatforms.LinkedIn, "hello"), sentAt, CancellationToken.None);

        static string Page(int first, DateTimeOffset at) => $$"""{"elements":[{{string.Join(',', Enumerable.Range(first, 100).Select(
            i => $$"""{"id":"urn:li:share:{{i}}","commentary":"x","createdAt":{{at.ToUnixTimeMilliseconds()}}}"""))}}]}""";
    }

    [Fact]
    public async Task A_member_whose_posts_may_not_be_listed_is_for_a_person()
    {
        _platform.On("GET rest/posts", Json(403, """{"status":403,"code":"ACCESS_DENIED","message":"Not enough permissions to access: posts.FINDER"}"""));
        (await _client.ReadBackAsync(Target.Of(SocialPlatforms.LinkedIn, "hello"), _platform.Now, CancellationToken.None))
            .ShouldBeOfType<ReadBack.CannotTell>();
    }

    [Fact]
    public async Task A_member_and_an_organization_are_asked_in_their_own_way()
    {
        var account = Target.Of(SocialPlatforms.LinkedIn, "").Account with { ExternalId = "urn:li:organization:5" };
        _platform.On("GET rest/organizations/5", Json("""{"localizedName":"Cats Inc","vanityName":"cats"}"""));
        (await _client.CheckAsync(account, CancellationToken.None)).ShouldBe(new AccountCheck("cats", "Cats Inc"));
        _platform.On("GET v2/userinfo", Json("""{"sub":"demo","name":"The cat"}"""));
        (await _client.CheckAsync(Target.Of(SocialPlatforms.LinkedIn, "").Account, CancellationToken.None))
            .ShouldBe(new AccountCheck("demo", "The cat"));
    }
}
