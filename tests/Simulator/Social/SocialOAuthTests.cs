namespace Switchboard.Tests.Simulator.Social;

public sealed class SocialOAuthTests
{
    private static readonly (string Id, string Secret) X = ("demo-x-client", "demo-x-secret");

    public static TheoryData<string> WithPages => ["instagram", "facebook", "x", "linkedin", "mastodon"];

    [Theory]
    [MemberData(nameof(WithPages))]
    public async Task A_code_is_good_once_and_with_its_verifier_and_who_declines_gives_none(string platform)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var client = await SocialUser.ClientAsync(simulator, platform);
        var (code, stolen) = (await CodeAsync(), await CodeAsync());

        using var first = await SocialUser.RedeemAsync(simulator, platform, client, code);
        using var again = await SocialUser.RedeemAsync(simulator, platform, client, code);
        using var wrong = await SocialUser.RedeemAsync(simulator, platform, client, stolen, new string('x', 50));
        await simulator.ControlAsync("/_sim/social/accounts", new { platform, id = "ann", state = "declining" });

        first.IsSuccessStatusCode.ShouldBeTrue();
        ((int)again.StatusCode).ShouldBe(400);
        ((int)wrong.StatusCode).ShouldBe(400);
        (await CodeAsync()).ShouldBeNull();

        Task<string?> CodeAsync() => SocialUser.AuthorizeAsync(simulator, platform, client, "ann");
    }

    [Fact]
    public async Task Each_refresh_token_of_X_is_good_once_and_that_of_LinkedIn_stays()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, "x");
        var first = (string)ann.Tokens["refresh_token"]!;

        var second = (string)(await SocialUser.OkAsync(await RefreshAsync("x", X, first)))["refresh_token"]!;
        using var reused = await RefreshAsync("x", X, first);
        using var next = await RefreshAsync("x", X, second);
        var linkedIn = (string)(await SocialUser.SignInAsync(simulator, "linkedin")).Tokens["refresh_token"]!;
        var client = await SocialUser.ClientAsync(simulator, "linkedin");

        ((int)reused.StatusCode).ShouldBe(400);
        ((string)(await reused.ReadJsonAsync())["error_description"]!).ShouldBe("Value passed for the token was invalid.");
        next.IsSuccessStatusCode.ShouldBeTrue();
        ((string)(await SocialUser.OkAsync(await RefreshAsync("linkedin", client, linkedIn)))["refresh_token"]!).ShouldBe(linkedIn);

        Task<HttpResponseMessage> RefreshAsync(string platform, (string, string) app, string token) =>
            SocialUser.TokenAsync(simulator, platform, app, ("grant_type", "refresh_token"), ("refresh_token", token));
    }

    [Fact]
    public async Task Instagrams_token_is_refreshed_after_a_day_and_ends_after_sixty()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        var ann = await SocialUser.SignInAsync(simulator, "instagram");
        var path = $"/social/instagram/refresh_access_token?grant_type=ig_refresh_token&access_token={(string)ann.Tokens["access_token"]!}";

        using var young = await simulator.Http.GetAsync(path);
        clock.Advance(TimeSpan.FromHours(25));
        var refreshed = await SocialUser.OkAsync(await simulator.Http.GetAsync(path));
        clock.Advance(TimeSpan.FromDays(60));
        using var late = await ann.CallAsync(HttpMethod.Get, "me");

        ((int)young.StatusCode).ShouldBe(400);
        ((int)refreshed["expires_in"]!).ShouldBe(60 * 86_400);
        ((int)(await late.ReadJsonAsync())["error"]!["error_subcode"]!).ShouldBe(463);
    }

    [Fact]
    public async Task Bluesky_makes_thirty_sessions_in_five_minutes_and_refreshes_any_number()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        for (var session = 0; session < 30; session++)
            await SocialUser.SignInAsync(simulator, "bluesky");

        using var tooMany = await CreateAsync("app-pass-word");
        clock.Advance(TimeSpan.FromMinutes(5));
        using var wrong = await CreateAsync("wrong");
        var ann = await SocialUser.SignInAsync(simulator, "bluesky");
        clock.Advance(TimeSpan.FromHours(3));
        using var expired = await ann.CallAsync(HttpMethod.Get, "xrpc/com.atproto.server.getSession");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/social/bluesky/xrpc/com.atproto.server.refreshSession");
        request.Headers.Authorization = new("Bearer", (string)ann.Tokens["refreshJwt"]!);
        var refreshed = await SocialUser.OkAsync(await simulator.Http.SendAsync(request));

        ((int)tooMany.StatusCode).ShouldBe(429);
        tooMany.Headers.GetValues("RateLimit-Remaining").ShouldBe(["0"]);
        ((string)(await wrong.ReadJsonAsync())["error"]!).ShouldBe("AuthenticationRequired");
        ((string)(await expired.ReadJsonAsync())["error"]!).ShouldBe("ExpiredToken");
        ((string)refreshed["did"]!).ShouldBe(ann.Id);

        Task<HttpResponseMessage> CreateAsync(string password) => simulator.PostAsync(
            "/social/bluesky/xrpc/com.atproto.server.createSession", new { identifier = "ann.test", password });
    }

    [Theory]
    [InlineData("instagram", "190")]
    [InlineData("facebook", "190")]
    [InlineData("x", "Unauthorized")]
    [InlineData("linkedin", "REVOKED_ACCESS_TOKEN")]
    [InlineData("mastodon", "The access token was revoked")]
    [InlineData("bluesky", "ExpiredToken")]
    public async Task An_authorization_that_was_taken_back_is_told_in_the_platforms_words(string platform, string told)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, platform);
        var prepared = await ann.PrepareAsync("Hello");
        await simulator.ControlAsync("/_sim/social/accounts", new { platform, id = ann.Id, state = "revoked" });

        using var refused = await ann.PostAsync("Hello", prepared);
        var again = await SocialUser.SignInAsync(simulator, platform);

        ((int)refused.StatusCode).ShouldBeInRange(400, 401);
        (await refused.Content.ReadAsStringAsync()).ShouldContain(told);
        (await again.ReadBackAsync()).ShouldBeEmpty();
    }
}
