using Switchboard.Core.Social;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>What each platform takes, in its own counting.</summary>
public sealed class PostRulesTests
{
    private static readonly MediaFacts Jpeg = Facts("image/jpeg", 1_000_000);
    private static readonly MediaFacts Mp4 = Facts("video/mp4", 1_000_000);

    [Theory]
    [InlineData("", 0)]
    [InlineData("hello world", 11)]
    [InlineData("naïve Ωmega", 11)]
    [InlineData("e\u0301te\u0301", 3)] // composed: été
    [InlineData("日本語", 6)]
    [InlineData("안녕", 4)]
    [InlineData("😀", 2)]
    [InlineData("👨‍👩‍👧‍👦", 2)] // a family is one
    [InlineData("👍🏽", 2)]
    [InlineData("🇦🇹", 2)]
    [InlineData("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2)]
    [InlineData("1️⃣", 2)]
    [InlineData("❤️", 2)]
    [InlineData("a…b", 4)] // U+2026 is two
    [InlineData("“quoted”", 8)]
    [InlineData("see https://example.com/a/very/long/address/that/goes/on?and=on", 27)]
    [InlineData("see http://a.at", 27)] // a short one too
    [InlineData("see https://example.com/a.", 28)] // without the full stop
    [InlineData("(https://en.wikipedia.org/wiki/Switch_(band))", 25)]
    [InlineData("see example.com today", 33)]
    [InlineData("see example.com/page.html today", 33)]
    [InlineData("mail me@example.com", 19)]
    [InlineData("node.js and i.e. this", 21)]
    [InlineData("https://a.at https://b.at", 47)]
    public void X_weighs(string text, int length) => PostRules.LengthOf(Of(SocialPlatforms.X), text, null).ShouldBe(length);

    [Theory]
    [InlineData("hello", 5)]
    [InlineData("see https://example.com/a/very/long/address", 27)]
    [InlineData("see example.com", 15)]
    [InlineData("@ann@mastodon.example hello", 10)]
    [InlineData("👨‍👩‍👧‍👦 and 日本", 8)]
    [InlineData("https://a.example/@ann@b.example", 23)]
    public void Mastodon_counts(string text, int length) => PostRules.LengthOf(Of(SocialPlatforms.Mastodon), text, null).ShouldBe(length);

    [Theory]
    [InlineData(SocialPlatforms.Bluesky, "👨‍👩‍👧‍👦 é", 3)]
    [InlineData(SocialPlatforms.Instagram, "😀", 1)]
    [InlineData(SocialPlatforms.Facebook, "👍🏽", 2)]
    [InlineData(SocialPlatforms.LinkedIn, "a (b) #c", 11)]
    public void Others_count(string platform, string text, int length) => PostRules.LengthOf(Of(platform), text, null).ShouldBe(length);

    [Theory]
    [InlineData(SocialPlatforms.X, 280)]
    [InlineData(SocialPlatforms.Bluesky, 300)]
    [InlineData(SocialPlatforms.Mastodon, 500)]
    [InlineData(SocialPlatforms.LinkedIn, 3_000)]
    [InlineData(SocialPlatforms.Instagram, 2_200)]
    [InlineData(SocialPlatforms.Facebook, 63_206)]
    public void The_longest_text_is_taken_and_one_more_is_not(string platform, int most)
    {
        Codes(platform, new('a', most), null, Jpeg).ShouldBeEmpty();
        Codes(platform, new('a', most + 1), null, Jpeg).ShouldBe(["text-too-long"]);
    }

    [Fact]
    public void A_text_too_long_is_told_with_how_it_is_counted()
    {
        var problem = PostRules.Check(Of(SocialPlatforms.X), new('日', 141), null, []).ShouldHaveSingleItem();
        problem.Field.ShouldBe("text");
        problem.Message.ShouldBe("X takes 280 characters; these are 282 as it counts: a link is 23, an emoji or a CJK character 2.");
    }

    [Fact]
    public void Bluesky_takes_3000_bytes_also_of_fewer_graphemes()
    {
        var family = string.Concat(Enumerable.Repeat("👨‍👩‍👧‍👦", 121)); // 25 bytes each
        PostRules.LengthOf(Of(SocialPlatforms.Bluesky), family, null).ShouldBe(121);
        Codes(SocialPlatforms.Bluesky, family, null).ShouldBe(["text-too-long"]);
        Codes(SocialPlatforms.Bluesky, family[..^11], null).ShouldBeEmpty();
    }

    [Fact]
    public void Instagram_takes_30_hashtags_20_mentions_and_no_post_without_media()
    {
        var tags = string.Join(' ', Enumerable.Range(1, 30).Select(i => $"#t{i}"));
        Codes(SocialPlatforms.Instagram, tags + " #1 a#b https://a.at/#c", null, Jpeg).ShouldBeEmpty();
        Codes(SocialPlatforms.Instagram, tags + " #más", null, Jpeg).ShouldBe(["too-many-hashtags"]);
        Codes(SocialPlatforms.Instagram, string.Join(' ', Enumerable.Range(1, 21).Select(i => $"@u{i}")), null, Jpeg).ShouldBe(["too-many-mentions"]);
        Codes(SocialPlatforms.Instagram, "hello", null).ShouldBe(["media-required"]);
    }

    [Fact]
    public void A_post_is_something()
    {
        Codes(SocialPlatforms.X, " \n", null).ShouldBe(["empty-post"]);
        Codes(SocialPlatforms.X, "", null, Jpeg).ShouldBeEmpty();
        Codes(SocialPlatforms.Facebook, "", "https://example.com").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://example.com/a?b=c", true)]
    [InlineData("http://example.com", true)]
    [InlineData("ftp://example.com", false)]
    [InlineData("example.com", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("/etc/passwd", false)]
    public void A_link_is_of_the_web(string link, bool isGood) =>
        Codes(SocialPlatforms.X, "see", link).ShouldBe(isGood ? [] : ["link-invalid"]);

    [Fact]
    public void An_instance_of_Mastodon_has_limits_of_its_own()
    {
        var instance = InstanceLimits.Of(SocialPlatforms.Mastodon, new InstanceLimits(20, 1, 10, default));
        PostRules.LengthOf(instance, "see https://example.com/a/long/way", null).ShouldBe(14);
        PostRules.Check(instance, new string('a', 21), null, []).ShouldHaveSingleItem().Message.ShouldContain("20 characters");
        PostRules.Check(instance, "see https://example.com/a/long/way", null, []).ShouldBeEmpty();
        MediaFacts[] images = [.. Enumerable.Range(0, 2).Select(_ => new MediaFacts(Guid.CreateVersion7(), "image/png", 10, 8, 8, null))];
        PostRules.Check(instance, "two", null, images).ShouldHaveSingleItem().Code.ShouldBe("too-many-media");
        InstanceLimits.Of(SocialPlatforms.Mastodon, null).ShouldBe(SocialPlatforms.All[SocialPlatforms.Mastodon]);
    }

    [Fact]
    public void A_link_follows_the_text_where_no_card_is_made_of_it()
    {
        PostRules.Render(Of(SocialPlatforms.X), " see\r\nthis ", "https://a.at").ShouldBe("see\nthis\nhttps://a.at");
        PostRules.Render(Of(SocialPlatforms.X), "", "https://a.at").ShouldBe("https://a.at");
        PostRules.Render(Of(SocialPlatforms.X), "https://a.at, look", "https://a.at").ShouldBe("https://a.at, look");
        PostRules.Render(Of(SocialPlatforms.X), "https://a.at/b", "https://a.at").ShouldBe("https://a.at/b\nhttps://a.at");
        PostRules.Render(Of(SocialPlatforms.Facebook), "see", "https://a.at").ShouldBe("see");
        PostRules.LengthOf(Of(SocialPlatforms.X), new('a', 256), "https://a.at/very/long/address").ShouldBe(280);
    }

    [Theory]
    [InlineData(@"a\b <c> #d ~e _f |g [h] *i (j) {k} @l", @"a\\b \<c\> \#d \~e \_f \|g \[h\] \*i \(j\) \{k\} \@l")]
    [InlineData("plain", "plain")]
    public void LinkedIns_commentary_is_escaped_and_read_back(string text, string commentary)
    {
        LinkedInText.Escape(text).ShouldBe(commentary);
        LinkedInText.Unescape(commentary).ShouldBe(text);
    }

    [Theory]
    [InlineData(SocialPlatforms.Instagram, "image/png", 1_000, "media-type")]
    [InlineData(SocialPlatforms.Instagram, "image/jpeg", 8 * 1024 * 1024, null)]
    [InlineData(SocialPlatforms.Instagram, "image/jpeg", (8 * 1024 * 1024) + 1, "media-too-large")]
    [InlineData(SocialPlatforms.X, "image/jpeg", 5_000_001, "media-too-large")]
    [InlineData(SocialPlatforms.X, "image/gif", 15_000_000, null)]
    [InlineData(SocialPlatforms.X, "image/heic", 1_000, "media-type")]
    [InlineData(SocialPlatforms.Bluesky, "image/png", 2_000_000, null)]
    [InlineData(SocialPlatforms.Bluesky, "image/png", 2_000_001, "media-too-large")]
    [InlineData(SocialPlatforms.Mastodon, "video/webm", 99 * 1024 * 1024, null)]
    [InlineData(SocialPlatforms.LinkedIn, "video/quicktime", 1_000, "media-type")]
    [InlineData(SocialPlatforms.Facebook, "application/pdf", 1_000, "media-type")]
    public void A_file_has_a_type_and_a_size(string platform, string type, long bytes, string? code) =>
        Codes(platform, "hello", null, Facts(type, bytes)).ShouldBe(code is null ? [] : [code]);

    [Theory]
    [InlineData(SocialPlatforms.X, 4, 5)]
    [InlineData(SocialPlatforms.Bluesky, 4, 5)]
    [InlineData(SocialPlatforms.Mastodon, 4, 5)]
    [InlineData(SocialPlatforms.Instagram, 10, 11)]
    [InlineData(SocialPlatforms.LinkedIn, 20, 21)]
    public void So_many_images(string platform, int most, int tooMany)
    {
        Codes(platform, "hello", null, [.. Enumerable.Repeat(Jpeg, most)]).ShouldBeEmpty();
        Codes(platform, "hello", null, [.. Enumerable.Repeat(Jpeg, tooMany)]).ShouldBe(["too-many-media"]);
    }

    [Fact]
    public void A_video_is_alone_but_in_a_carousel_of_Instagram()
    {
        Codes(SocialPlatforms.X, "hello", null, Jpeg, Mp4).ShouldBe(["mixed-media"]);
        Codes(SocialPlatforms.X, "hello", null, Mp4, Mp4).ShouldBe(["too-many-media"]);
        Codes(SocialPlatforms.X, "hello", null, Facts("image/gif", 1), Jpeg).ShouldBe(["mixed-media"]);
        Codes(SocialPlatforms.Instagram, "hello", null, Jpeg, Mp4).ShouldBeEmpty();
        Codes(SocialPlatforms.X, "hello", null, Mp4 with { Duration = TimeSpan.FromSeconds(141) }).ShouldBe(["video-too-long"]);
        Codes(SocialPlatforms.Instagram, "hello", null, Mp4 with { Duration = TimeSpan.FromSeconds(2) }).ShouldBe(["video-too-short"]);
    }

    [Fact]
    public void A_file_is_named_by_its_place_and_the_message_says_what_is_taken()
    {
        var problems = PostRules.Check(
            Of(SocialPlatforms.Instagram), "hello", null, [Jpeg, Jpeg with { Width = 500, Height = 2_000 }, Facts("image/webp", 1)]);
        problems.Select(problem => (problem.Field, problem.Code)).ShouldBe([("media[1]", "aspect-ratio"), ("media[2]", "media-type")]);
        problems[0].Message.ShouldBe("Instagram takes an image whose width is 0.8 to 1.91 of its height, not 0.25.");
        problems[1].Message.ShouldBe("Instagram takes no image/webp, but image/jpeg.");
    }

    private static List<string> Codes(string platform, string text, string? link, params MediaFacts[] media) =>
        [.. PostRules.Check(Of(platform), text, link, media).Select(problem => problem.Code)];

    private static PlatformDefinition Of(string name) => SocialPlatforms.All[name];

    private static MediaFacts Facts(string type, long bytes) => new(Guid.Empty, type, bytes, null, null, null);
}
