using System.Collections.Specialized;
using System.Web;
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

    [Fact]
    public async Task A_code_of_the_consent_page_is_good_once_with_its_verifier_and_brings_a_refresh_token()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var back = await AuthorizeAsync(simulator, "&access_type=offline");
        var stolen = (await AuthorizeAsync(simulator, "&access_type=offline&prompt=consent"))["code"]!;

        using var exchanged = await RedeemAsync(simulator, back["code"]!);
        using var again = await RedeemAsync(simulator, back["code"]!);
        using var wrong = await RedeemAsync(simulator, stolen, new string('x', 50));
        var tokens = await exchanged.ReadJsonAsync();
        var gmail = new GmailClient(simulator) { AccessToken = (string)tokens["access_token"]! };

        back["state"].ShouldBe("s1");
        ((string)(await gmail.GetAsync("me/profile"))["emailAddress"]!).ShouldBe("ann@example.com");
        (await GmailClient.RefreshAsync(simulator, (string)tokens["refresh_token"]!)).IsSuccessStatusCode.ShouldBeTrue();
        foreach (var refused in new[] { again, wrong })
            ((string)(await refused.ReadJsonAsync())["error"]!).ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task A_refresh_token_comes_only_offline_and_of_who_consented_before_only_with_their_consent_once_more()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        (await RefreshTokenAsync("")).ShouldBeNull();
        (await RefreshTokenAsync("&access_type=offline")).ShouldBeNull();
        (await RefreshTokenAsync("&access_type=offline&prompt=select_account%20consent")).ShouldNotBeNull();

        async Task<string?> RefreshTokenAsync(string parameters)
        {
            using var answer = await RedeemAsync(simulator, (await AuthorizeAsync(simulator, parameters))["code"]!);
            return (string?)(await answer.ReadJsonAsync())["refresh_token"];
        }
    }

    [Fact]
    public async Task Who_declines_is_sent_back_without_a_code_and_a_grant_that_is_given_up_ends_its_tokens()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/gmail/consent", new { address = "ann@example.com", consents = false });
        var declined = await AuthorizeAsync(simulator, "");
        await simulator.ControlAsync("/_sim/gmail/consent", new { address = "ann@example.com", consents = true });
        var gmail = await GmailClient.SignInAsync(simulator, "demo-gmail-refresh:ann@example.com");

        using var form = new FormUrlEncodedContent([new("token", gmail.AccessToken)]);
        using var revoked = await simulator.Http.PostAsync("/gmail/oauth/revoke", form);
        using var unknown = await simulator.Http.PostAsync("/gmail/oauth/revoke?token=junk", null);

        declined["error"].ShouldBe("access_denied");
        declined["code"].ShouldBeNull();
        ((int)revoked.StatusCode).ShouldBe(200);
        ((int)unknown.StatusCode).ShouldBe(400);
        ((int)(await gmail.CallAsync("me/profile")).StatusCode).ShouldBe(401);
        (await GmailClient.RefreshAsync(simulator, "demo-gmail-refresh:ann@example.com")).IsSuccessStatusCode.ShouldBeFalse();
    }

    private const string Redirect = "https://edge.test/callback";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static async Task<NameValueCollection> AuthorizeAsync(RunningSimulator simulator, string parameters)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = simulator.Http.BaseAddress };
        using var answer = await http.GetAsync(
            "/gmail/oauth/authorize?response_type=code&client_id=demo-gmail-client&state=s1&scope=mail&login_hint=ann%40example.com"
            + $"&redirect_uri={Uri.EscapeDataString(Redirect)}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256{parameters}");
        ((int)answer.StatusCode).ShouldBe(302);
        return HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
    }

    private static Task<HttpResponseMessage> RedeemAsync(RunningSimulator simulator, string code, string verifier = Verifier) =>
        GmailClient.TokenAsync(
            simulator, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", verifier),
            ("client_secret", "demo-gmail-secret"));
}
