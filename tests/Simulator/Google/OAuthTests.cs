using Microsoft.Extensions.Options;
using Switchboard.Simulator.Google;

namespace Switchboard.Tests.Simulator.Google;

public sealed class OAuthTests
{
    [Fact]
    public async Task Without_a_good_token_Gmail_answers_401_in_Googles_way()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        (await gmail.CallAsync("me/profile")).IsSuccessStatusCode.ShouldBeTrue();

        await simulator.ControlAsync("/_sim/gmail/tokens", new { expireNow = true });
        using var answer = await gmail.CallAsync("me/profile");

        ((int)answer.StatusCode).ShouldBe(401);
        ((string)(await answer.ReadJsonAsync())["error"]!["status"]!).ShouldBe("UNAUTHENTICATED");
        answer.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Fact]
    public void A_token_is_good_up_to_its_last_second()
    {
        var time = new TestClock();
        var tokens = new AccessTokens(Options.Create(new GmailOptions { AccessTokenSeconds = 60 }), time);
        var token = tokens.Issue(tokens.Read("demo-gmail-refresh")!);

        time.Advance(TimeSpan.FromSeconds(59));
        tokens.Check(token).ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(1));
        tokens.Check(token).ShouldBeNull();
    }

    [Fact]
    public async Task A_grant_that_the_application_gives_back_is_gone_and_shown_so()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var token = new FormUrlEncodedContent([new("token", "demo-gmail-refresh:ann@example.com")]);
        using var again = new FormUrlEncodedContent([new("token", "demo-gmail-refresh:ann@example.com")]);

        ((int)(await simulator.Http.PostAsync(new Uri("/gmail/oauth/revoke", UriKind.Relative), token)).StatusCode).ShouldBe(200);
        using var answer = await simulator.Http.PostAsync(new Uri("/gmail/oauth/revoke", UriKind.Relative), again);

        ((int)answer.StatusCode).ShouldBe(400);
        ((string)(await answer.ReadJsonAsync())["error"]!).ShouldBe("invalid_token");
    }

    [Fact]
    public async Task A_revoked_authorization_gives_no_token_and_ends_those_that_there_are()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator, "demo-gmail-refresh:ann@example.com");
        var other = await GmailClient.SignInAsync(simulator);

        await simulator.ControlAsync("/_sim/gmail/revoke", new { address = "ann@example.com" });
        using var refreshed = await GmailClient.RefreshAsync(simulator, "demo-gmail-refresh:ann@example.com");
        using var profile = await gmail.CallAsync("me/profile");

        ((int)refreshed.StatusCode).ShouldBe(400);
        ((string)(await refreshed.ReadJsonAsync())["error"]!).ShouldBe("invalid_grant");
        ((int)profile.StatusCode).ShouldBe(401);
        (await other.CallAsync("me/profile")).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task A_code_is_exchanged_for_a_refresh_token_even_after_a_revocation()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/gmail/revoke", new { address = "ann@example.com" });

        using var exchanged = await GmailClient.TokenAsync(
            simulator, ("grant_type", "authorization_code"), ("code", "demo-code:ann@example.com"), ("client_secret", "demo-gmail-secret"));
        var gmail = await GmailClient.SignInAsync(simulator, (string)(await exchanged.ReadJsonAsync())["refresh_token"]!);

        ((string)(await gmail.GetAsync("me/profile"))["emailAddress"]!).ShouldBe("ann@example.com");
        ((int)(await gmail.CallAsync("demo@example.com/profile")).StatusCode).ShouldBe(403);
    }

    [Theory]
    [InlineData("demo-gmail-refresh", "wrong", 401, "invalid_client")]
    [InlineData("unheard-of", "demo-gmail-secret", 400, "invalid_grant")]
    public async Task A_wrong_secret_or_refresh_token_is_refused(string refreshToken, string secret, int status, string error)
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await GmailClient.RefreshAsync(simulator, refreshToken, secret);

        ((int)answer.StatusCode).ShouldBe(status);
        ((string)(await answer.ReadJsonAsync())["error"]!).ShouldBe(error);
    }
}
