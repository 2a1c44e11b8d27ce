using System.Globalization;
using System.Net.Http.Json;

namespace Switchboard.Tests.Simulator.Social;

public sealed class SocialLimitTests
{
    [Theory]
    [InlineData("instagram", "2207042", "X-App-Usage")]
    [InlineData("facebook", "32", "X-Business-Use-Case-Usage")]
    [InlineData("x", "Too Many Requests", "x-rate-limit-reset")]
    [InlineData("linkedin", "TOO_MANY_REQUESTS", null)]
    [InlineData("mastodon", "Too many requests", "X-RateLimit-Reset")]
    [InlineData("bluesky", "RateLimitExceeded", "RateLimit-Reset")]
    public async Task An_account_whose_quota_is_used_up_is_refused_in_the_platforms_words(string platform, string told, string? header)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/social/settings", new { processingSeconds = 0 });
        var ann = await SocialUser.SignInAsync(simulator, platform);
        var prepared = await ann.PrepareAsync("Hello");
        await simulator.ControlAsync("/_sim/social/accounts", new { platform, id = ann.Id, state = "limited" });

        using var refused = await ann.PostAsync("Hello", prepared);
        await simulator.ControlAsync("/_sim/social/accounts", new { platform, id = ann.Id, state = "active" });

        (await refused.Content.ReadAsStringAsync()).ShouldContain(told);
        if (header is not null)
            refused.Headers.Contains(header).ShouldBeTrue();
        // the window of one that counts requests went on with a limit of nothing
        (await ann.ReadBackAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("instagram", "2207050")]
    [InlineData("facebook", "368")]
    [InlineData("x", "suspended")]
    [InlineData("linkedin", "restricted")]
    [InlineData("mastodon", "Your login is currently disabled")]
    [InlineData("bluesky", "AccountTakedown")]
    public async Task An_account_that_is_suspended_posts_nothing(string platform, string told)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/social/settings", new { processingSeconds = 0 });
        var ann = await SocialUser.SignInAsync(simulator, platform);
        var prepared = await ann.PrepareAsync("Hello");
        await simulator.ControlAsync("/_sim/social/accounts", new { platform, id = ann.Id, state = "suspended" });

        using var refused = await ann.PostAsync("Hello", prepared);

        ((int)refused.StatusCode).ShouldBeInRange(400, 403);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(told);
        ((int)(await simulator.GetAsync("/_sim/social/posts/count"))["count"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Instagram_tells_its_quota_and_X_counts_down_to_a_time()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        await simulator.ControlAsync("/_sim/social/settings", new { processingSeconds = 0, postsPerSpan = 1 });
        var (instagram, x) = (await SocialUser.SignInAsync(simulator, "instagram"), await SocialUser.SignInAsync(simulator, "x"));
        (await instagram.PostAsync("Hello", await instagram.PrepareAsync("Hello"))).IsSuccessStatusCode.ShouldBeTrue();
        using var first = await x.PostAsync("Hello");
        using var second = await x.PostAsync("Another");
        clock.Advance(TimeSpan.FromMinutes(15));
        using var third = await x.PostAsync("Another");

        var limit = (await instagram.GetAsync($"{instagram.Id}/content_publishing_limit?fields=quota_usage,config"))["data"]![0]!;
        ((int)limit["quota_usage"]!, (int)limit["config"]!["quota_total"]!).ShouldBe((1, 1));
        ((int)first.StatusCode, (int)second.StatusCode, (int)third.StatusCode).ShouldBe((201, 429, 201));
        second.Headers.GetValues("x-rate-limit-remaining").ShouldBe(["0"]);
        long.Parse(second.Headers.GetValues("x-rate-limit-reset").Single(), CultureInfo.InvariantCulture)
            .ShouldBe(new DateTimeOffset(2026, 1, 31, 12, 15, 0, TimeSpan.Zero).ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("instagram", null, "9/2207042", 403, "\"error_subcode\":2207042")]
    [InlineData("facebook", null, "506", 400, "\"code\":506")]
    [InlineData("x", 429, null, 429, "Too Many Requests")]
    [InlineData("x", null, "usage-capped", 429, "UsageCapExceeded")]
    [InlineData("linkedin", 429, null, 429, "\"status\":429")]
    [InlineData("mastodon", 422, null, 422, "{\"error\":\"Validation failed\"}")]
    [InlineData("bluesky", 400, "ExpiredToken", 400, "{\"error\":\"ExpiredToken\"")]
    public async Task A_fault_is_told_in_the_platforms_words(string platform, int? status, string? code, int answered, string told)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, platform);
        await simulator.ControlAsync("/_sim/faults", new { provider = platform, status, code, count = 1, retryAfterSeconds = 3 });

        using var refused = await ann.PostAsync("Hello", "1");

        ((int)refused.StatusCode).ShouldBe(answered);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(told);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_fault_of_the_token_endpoint_strikes_no_post_and_a_lost_answer_nothing_that_is_only_prepared()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, "x");
        var instagram = await SocialUser.SignInAsync(simulator, "instagram");
        await simulator.ControlAsync("/_sim/faults", new { provider = "x-oauth", status = 503 });
        await simulator.ControlAsync("/_sim/faults", new { provider = "instagram", lost = true });

        using var posted = await ann.PostAsync("Hello");
        using var refreshed = await SocialUser.TokenAsync(
            simulator, "x", ("demo-x-client", "demo-x-secret"), ("grant_type", "refresh_token"),
            ("refresh_token", (string)ann.Tokens["refresh_token"]!));

        posted.IsSuccessStatusCode.ShouldBeTrue();
        ((int)refreshed.StatusCode).ShouldBe(503);
        (await instagram.PrepareAsync("Hello")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("facebook", 63_206, "too long")]
    [InlineData("x", 280, "too long")]
    [InlineData("linkedin", 3_000, "longer")]
    [InlineData("mastodon", 500, "exceeded")]
    [InlineData("bluesky", 300, "300 graphemes")]
    public async Task A_text_has_the_platforms_length(string platform, int longest, string told)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, platform);

        using var longestOne = await ann.PostAsync(new string('x', longest));
        using var tooLong = await ann.PostAsync(new string('x', longest + 1), key: "3kxyzabcdefgi");

        longestOne.IsSuccessStatusCode.ShouldBeTrue(await longestOne.Content.ReadAsStringAsync());
        ((int)tooLong.StatusCode).ShouldBeInRange(400, 422);
        (await tooLong.Content.ReadAsStringAsync()).ShouldContain(told);
    }

    [Fact]
    public async Task An_instance_of_Mastodon_says_how_long_a_post_may_be_and_takes_that()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, "mastodon");
        await simulator.ControlAsync("/_sim/social/settings", new { platform = "mastodon", maxCharacters = 1_000 });

        var statuses = (await ann.GetAsync("api/v2/instance"))["configuration"]!["statuses"]!;
        using var taken = await ann.PostAsync(new string('x', 1_000));
        using var tooLong = await ann.PostAsync(new string('x', 1_001));

        ((int)statuses["max_characters"]!).ShouldBe(1_000);
        taken.IsSuccessStatusCode.ShouldBeTrue(await taken.Content.ReadAsStringAsync());
        ((int)tooLong.StatusCode).ShouldBe(422);
    }

    [Fact]
    public async Task LinkedIn_wants_its_headers_its_escapes_and_its_scopes()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, "linkedin");
        using var bare = new HttpRequestMessage(HttpMethod.Get,
            $"/social/linkedin/rest/posts?q=author&author=urn%3Ali%3Aperson%3A{ann.Id}");
        bare.Headers.Authorization = new("Bearer", (string)ann.Tokens["access_token"]!);

        using var noVersion = await simulator.Http.SendAsync(bare);
        using var raw = await ann.PostAsync("Hello (world)");
        using var escaped = await ann.PostAsync(@"Hello \(world\) {hashtag|\#|news}");
        using var another = await ann.CallAsync(HttpMethod.Post, "rest/posts",
            JsonContent.Create(new { author = "urn:li:person:another" }));
        using var organizations = await ann.CallAsync(HttpMethod.Get, "rest/organizationAcls?q=roleAssignee");

        ((string)(await noVersion.ReadJsonAsync())["code"]!).ShouldBe("VERSION_MISSING");
        ((int)raw.StatusCode).ShouldBe(400);
        ((int)escaped.StatusCode).ShouldBe(201);
        escaped.Headers.GetValues("x-restli-id").Single().ShouldStartWith("urn:li:share:");
        ((string)(await simulator.GetAsync("/_sim/social/posts"))["items"]![0]!["text"]!).ShouldBe("Hello (world) #news");
        ((int)another.StatusCode).ShouldBe(403);
        ((int)organizations.StatusCode).ShouldBe(403, "it may act for the member alone");
    }

    [Fact]
    public async Task A_change_that_cannot_be_made_says_what_to_do_about_each_field()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var account = await simulator.PostAsync("/_sim/social/accounts", new { platform = "fax", state = "sulking" });
        using var settings = await simulator.PostAsync("/_sim/social/settings", new { processingSeconds = -1 });
        using var fault = await simulator.PostAsync("/_sim/faults", new { provider = "x", lost = true, mode = "reset" });

        (await account.ReadJsonAsync())["errors"]!.AsObject().Select(field => field.Key).Order().ShouldBe(["id", "platform", "state"]);
        ((int)settings.StatusCode).ShouldBe(400);
        ((int)fault.StatusCode).ShouldBe(400);
    }
}
