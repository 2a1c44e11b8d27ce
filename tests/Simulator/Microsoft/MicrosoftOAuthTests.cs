namespace Switchboard.Tests.Simulator.Microsoft;

public sealed class MicrosoftOAuthTests
{
    [Fact]
    public async Task A_code_is_exchanged_with_its_verifier_for_tokens_that_open_the_mailbox()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 1);

        var back = await GraphClient.AuthorizeAsync(simulator, "ann@example.com");
        using var answer = await GraphClient.RedeemAsync(simulator, back["code"]!);
        var graph = new GraphClient(simulator) { AccessToken = (string)(await answer.ReadJsonAsync())["access_token"]! };

        back["state"].ShouldBe("s1");
        ((string)(await graph.GetAsync("me"))["userPrincipalName"]!).ShouldBe("ann@example.com");
    }

    [Fact]
    public async Task A_code_is_worth_nothing_with_a_wrong_verifier_or_a_second_time()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 1);
        var stolen = (await GraphClient.AuthorizeAsync(simulator, "ann@example.com"))["code"]!;
        var used = (await GraphClient.AuthorizeAsync(simulator, "ann@example.com"))["code"]!;
        (await GraphClient.RedeemAsync(simulator, used)).IsSuccessStatusCode.ShouldBeTrue();

        using var wrong = await GraphClient.RedeemAsync(simulator, stolen, new string('x', 50));
        using var again = await GraphClient.RedeemAsync(simulator, used);

        foreach (var (answer, code) in new[] { (wrong, 501481), (again, 70008) })
        {
            ((int)answer.StatusCode).ShouldBe(400);
            var error = await answer.ReadJsonAsync();
            ((string)error["error"]!).ShouldBe("invalid_grant");
            ((string)error["error_description"]!).ShouldStartWith($"AADSTS{code}: ");
            ((int)error["error_codes"]![0]!).ShouldBe(code);
        }
    }

    [Fact]
    public async Task Nobody_authorizes_a_mailbox_that_is_not_there()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        var back = await GraphClient.AuthorizeAsync(simulator, "nobody@example.com");

        back["error"].ShouldBe("access_denied");
        back["state"].ShouldBe("s1");
        back["code"].ShouldBeNull();
    }

    [Fact]
    public async Task A_refresh_brings_a_new_refresh_token_and_the_old_one_ends_when_it_is_for_one_use()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 1);
        var graph = await GraphClient.SignInAsync(simulator);

        using var first = await GraphClient.RefreshAsync(simulator, graph.RefreshToken);
        using var second = await GraphClient.RefreshAsync(simulator, graph.RefreshToken);
        await simulator.ControlAsync("/_sim/graph/tokens", new { singleUse = true });
        var rotated = (string)(await second.ReadJsonAsync())["refresh_token"]!;
        using var third = await GraphClient.RefreshAsync(simulator, rotated);
        using var fourth = await GraphClient.RefreshAsync(simulator, rotated);

        ((string)(await first.ReadJsonAsync())["refresh_token"]!).ShouldNotBe(graph.RefreshToken);
        ((int)third.StatusCode).ShouldBe(200);
        ((int)fourth.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_revoked_grant_ends_its_tokens_and_a_new_authorization_starts_again()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 1);
        var graph = await GraphClient.SignInAsync(simulator);

        await simulator.ControlAsync("/_sim/graph/revoke", new { address = "ann@example.com" });
        using var refreshed = await GraphClient.RefreshAsync(simulator, graph.RefreshToken);
        using var called = await graph.CallAsync("me");
        var signedInAgain = await GraphClient.SignInAsync(simulator);

        ((string)(await refreshed.ReadJsonAsync())["error"]!).ShouldBe("invalid_grant");
        ((int)called.StatusCode).ShouldBe(401);
        ((string)(await called.ReadJsonAsync())["error"]!["code"]!).ShouldBe("InvalidAuthenticationToken");
        (await signedInAgain.CallAsync("me")).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Access_tokens_expire_when_asked_to_and_a_refresh_brings_one_that_is_good()
    {
        await using var simulator = await RunningSimulator.StartAsync("Graph:AccessTokenSeconds=90");
        await GraphClient.MakeAsync(simulator, 1);
        var graph = await GraphClient.SignInAsync(simulator);

        await simulator.ControlAsync("/_sim/graph/tokens", new { expireNow = true });
        using var expired = await graph.CallAsync("me");
        using var refreshed = await GraphClient.RefreshAsync(simulator, graph.RefreshToken);
        var tokens = await refreshed.ReadJsonAsync();
        graph.AccessToken = (string)tokens["access_token"]!;

        ((int)expired.StatusCode).ShouldBe(401);
        ((int)tokens["expires_in"]!).ShouldBe(90);
        (await graph.CallAsync("me")).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refresh_token_outlives_the_process()
    {
        string token;
        await using (var first = await RunningSimulator.StartAsync())
        {
            token = (await GraphClient.SignInAsync(first, "demo@example.com")).RefreshToken;
        }

        await using var second = await RunningSimulator.StartAsync();

        (await GraphClient.RefreshAsync(second, token)).IsSuccessStatusCode.ShouldBeTrue();
        (await GraphClient.RefreshAsync(second, token[..^4] + "AAAA")).IsSuccessStatusCode.ShouldBeFalse();
    }

    [Fact]
    public async Task The_configuration_names_the_endpoints()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        var metadata = await simulator.GetAsync("/microsoft/common/v2.0/.well-known/openid-configuration");

        ((string)metadata["token_endpoint"]!).ShouldBe($"{simulator.Http.BaseAddress}microsoft/common/oauth2/v2.0/token");
    }
}
