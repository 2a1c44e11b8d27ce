using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Social;

public sealed class SocialPostTests
{
    public static TheoryData<string> Platforms => [.. SocialUser.Platforms];

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task A_post_whose_answer_got_lost_is_there_once_and_can_be_read_back(string platform)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/social/settings", new { processingSeconds = 0 });
        await simulator.ControlAsync("/_sim/faults", new { provider = platform, lost = true, count = 1 });
        var ann = await SocialUser.SignInAsync(simulator, platform);
        var prepared = await ann.PrepareAsync("Hello");

        await Should.ThrowAsync<HttpRequestException>(() => ann.PostAsync("Hello", prepared));

        (await ann.ReadBackAsync()).ShouldHaveSingleItem().ShouldContain("Hello");
        var posts = await simulator.GetAsync($"/_sim/social/posts?platform={platform}&account={ann.Id}&q=hello");
        var post = posts["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)post["text"]!).ShouldBe("Hello");
        ((int)post["copies"]!).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task What_is_sent_twice_shows_as_two_copies_unless_the_platform_can_tell(string platform)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/social/settings", new { processingSeconds = 0 });
        var ann = await SocialUser.SignInAsync(simulator, platform);
        var prepared = await ann.PrepareAsync("Hello");

        using var first = await ann.PostAsync("Hello", prepared);
        using var second = await ann.PostAsync("Hello", prepared);
        using var other = await ann.PostAsync("Another", await ann.PrepareAsync("Another"), "3kxyzabcdefgi");

        first.IsSuccessStatusCode.ShouldBeTrue(await first.Content.ReadAsStringAsync());
        other.IsSuccessStatusCode.ShouldBeTrue(await other.Content.ReadAsStringAsync());
        // a container is published once; a key makes one post
        second.IsSuccessStatusCode.ShouldBe(platform != "instagram");
        var copies = platform is "facebook" or "x" or "linkedin" ? 2 : 1;
        var posts = await simulator.GetAsync($"/_sim/social/posts?account=ann{(platform == "bluesky" ? ".test" : "")}");
        posts["items"]!.AsArray().Select(item => ((string)item!["text"]!, (int)item["copies"]!)).ShouldBe(
            [.. Enumerable.Repeat(("Hello", copies), copies), ("Another", 1)]);
    }

    [Fact]
    public async Task A_key_of_Mastodon_is_kept_for_an_hour()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        var ann = await SocialUser.SignInAsync(simulator, "mastodon");

        var first = await PostAsync();
        clock.Advance(TimeSpan.FromMinutes(59));
        var same = await PostAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        var other = await PostAsync();

        same.ShouldBe(first);
        other.ShouldNotBe(first);

        async Task<string> PostAsync() => (string)(await SocialUser.OkAsync(await ann.PostAsync("Hello")))["id"]!;
    }

    [Fact]
    public async Task A_record_of_Bluesky_changes_with_its_fields_and_not_with_their_order()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, "bluesky");
        var first = await SocialUser.OkAsync(await ann.PostAsync("Hello"));
        var reordered = new JsonObject(SocialUser.Record("Hello").Reverse().Select(field =>
            KeyValuePair.Create(field.Key, field.Value?.DeepClone())));

        var same = await PutAsync(reordered);
        var changed = await PutAsync(SocialUser.Record("Changed"));
        using var missing = await ann.CallAsync(
            HttpMethod.Get, $"xrpc/com.atproto.repo.getRecord?repo={ann.Id}&collection=app.bsky.feed.post&rkey=3kxyzabcdefgj");

        ((string)same["cid"]!).ShouldBe((string)first["cid"]!);
        ((string)changed["cid"]!).ShouldNotBe((string)first["cid"]!);
        (await ann.ReadBackAsync()).ShouldBe(["Changed"]);
        ((string)(await missing.ReadJsonAsync())["error"]!).ShouldBe("RecordNotFound");

        async Task<JsonNode> PutAsync(JsonObject record) => await SocialUser.OkAsync(await ann.CallAsync(
            HttpMethod.Post, "xrpc/com.atproto.repo.putRecord", System.Net.Http.Json.JsonContent.Create(new JsonObject
            {
                ["repo"] = ann.Id,
                ["collection"] = "app.bsky.feed.post",
                ["rkey"] = "3kxyzabcdefgh",
                ["record"] = record,
            })));
    }

    [Fact]
    public async Task X_reads_back_links_as_its_own_and_Mastodon_html()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var (x, mastodon) = (await SocialUser.SignInAsync(simulator, "x"), await SocialUser.SignInAsync(simulator, "mastodon"));
        const string Text = "A < B: https://example.com/a";
        (await SocialUser.OkAsync(await x.PostAsync(Text)))["data"]!["id"].ShouldNotBeNull();
        await SocialUser.OkAsync(await mastodon.PostAsync(Text));

        var tweet = (await x.GetAsync($"2/users/{x.Id}/tweets?max_results=5&tweet.fields=entities"))["data"]![0]!;
        ((string)tweet["text"]!).ShouldStartWith("A &lt; B: https://t.co/");
        ((string)tweet["entities"]!["urls"]![0]!["expanded_url"]!).ShouldBe("https://example.com/a");
        (await mastodon.ReadBackAsync())[0].ShouldStartWith("<p>A &lt; B: <a href=\"https://example.com/a\"");
    }

    [Theory]
    [InlineData("facebook", "{0}")]
    [InlineData("x", "2/tweets/{0}")]
    [InlineData("linkedin", "rest/posts/{0}")]
    [InlineData("mastodon", "api/v1/statuses/{0}")]
    public async Task What_is_deleted_is_not_read_back_and_shows_as_deleted(string platform, string path)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, platform);
        (await ann.PostAsync("Hello")).Dispose();
        var id = (string)(await PostAsync())["id"]!;

        using var deleted = await ann.CallAsync(HttpMethod.Delete, string.Format(null, path, Uri.EscapeDataString(id)));
        using var again = await ann.CallAsync(HttpMethod.Delete, string.Format(null, path, Uri.EscapeDataString(id)));

        deleted.IsSuccessStatusCode.ShouldBeTrue();
        again.IsSuccessStatusCode.ShouldBeFalse();
        (await ann.ReadBackAsync()).ShouldBeEmpty();
        (await PostAsync())["deletedAt"].ShouldNotBeNull();

        async Task<JsonNode> PostAsync() => (await simulator.GetAsync("/_sim/social/posts"))["items"]![0]!;
    }
}
