using Switchboard.Tests.Simulator.Google;

namespace Switchboard.Tests.Simulator.Control;

public sealed class FaultTests
{
    [Fact]
    public async Task The_next_requests_fail_and_then_no_more()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "whatsapp", status = 500, count = 2, retryAfterSeconds = 7 });

        using var first = await simulator.SendAsync("Hello");
        using var second = await simulator.SendAsync("Hello");
        using var third = await simulator.SendAsync("Hello");

        ((int)first.StatusCode).ShouldBe(500);
        first.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        ((int)(await first.ReadJsonAsync())["error"]!["code"]!).ShouldBe(131000);
        ((int)second.StatusCode).ShouldBe(500);
        ((int)third.StatusCode).ShouldBe(200);
        (await simulator.GetAsync("/_sim/faults")).AsArray().ShouldBeEmpty();
        ((int)(await simulator.GetAsync("/_sim/whatsapp/messages/count"))["count"]!).ShouldBe(1);
    }

    [Theory]
    [InlineData(131026, 400)]
    [InlineData(130429, 429)]
    [InlineData(190, 401)]
    [InlineData(131016, 503)]
    public async Task A_code_brings_its_status(int code, int status)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "whatsapp", code });

        using var answer = await simulator.SendAsync("Hello");

        ((int)answer.StatusCode).ShouldBe(status);
        ((int)(await answer.ReadJsonAsync())["error"]!["code"]!).ShouldBe(code);
    }

    [Fact]
    public async Task Only_requests_that_contain_what_it_says_are_struck_and_read_by_their_endpoint_all_the_same()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "whatsapp", status = 500, count = 1, containing = "mine" });

        using var another = await simulator.SendAsync("Hello");
        using var meant = await simulator.SendAsync("This is mine");

        ((int)another.StatusCode).ShouldBe(200);
        ((int)meant.StatusCode).ShouldBe(500);
        ((int)(await simulator.GetAsync("/_sim/whatsapp/messages/count"))["count"]!).ShouldBe(1);
    }

    [Fact]
    public async Task A_gateway_fails_without_the_providers_body()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "whatsapp", status = 502 });

        using var answer = await simulator.SendAsync("Hello");

        ((int)answer.StatusCode).ShouldBe(502);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
    }

    [Fact]
    public async Task A_lost_answer_is_a_message_all_the_same()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "whatsapp", mode = "accept-then-reset", count = 1 });

        await Should.ThrowAsync<HttpRequestException>(() => simulator.SendAsync("Hello"));

        ((int)(await simulator.GetAsync("/_sim/whatsapp/messages/count"))["count"]!).ShouldBe(1);
        (await simulator.Edge.NextAsync()).Statuses().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_broken_connection_is_no_message()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "whatsapp", mode = "reset", count = 1 });

        await Should.ThrowAsync<HttpRequestException>(() => simulator.SendAsync("Hello"));

        ((int)(await simulator.GetAsync("/_sim/whatsapp/messages/count"))["count"]!).ShouldBe(0);
    }

    [Fact]
    public async Task A_provider_can_never_answer()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "gmail", mode = "timeout" });
        var gmail = await GmailClient.SignInAsync(simulator);
        using var patience = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/gmail/gmail/v1/users/me/profile");
        request.Headers.Add("Authorization", $"Bearer {gmail.AccessToken}");

        var answer = simulator.Http.SendAsync(request, patience.Token);
        while ((int)(await simulator.GetAsync("/_sim/faults"))[0]!["hits"]! == 0)
        {
            await Task.Yield();
        }

        answer.IsCompleted.ShouldBeFalse();
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => answer);
        (await simulator.Http.DeleteAsync("/_sim/faults?provider=gmail")).Dispose();
        (await gmail.CallAsync("me/profile")).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task A_provider_can_be_slow_and_right()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        await simulator.ControlAsync("/_sim/faults", new { provider = "whatsapp", latencyMs = 100, count = 1 });

        var sent = simulator.SendTextAsync("Hello");
        await clock.WaitedForAsync(TimeSpan.FromMilliseconds(100));

        sent.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await sent;
    }

    [Fact]
    public async Task Google_fails_in_Googles_way()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        await simulator.ControlAsync("/_sim/faults", new { provider = "gmail", code = "userRateLimitExceeded", count = 1 });
        await simulator.ControlAsync("/_sim/faults", new { provider = "google-oauth", code = "invalid_grant", count = 1 });

        using var limited = await gmail.CallAsync("me/profile");
        using var refused = await GmailClient.RefreshAsync(simulator, "demo-gmail-refresh");

        ((int)limited.StatusCode).ShouldBe(403);
        ((string)(await limited.ReadJsonAsync())["error"]!["errors"]![0]!["reason"]!).ShouldBe("userRateLimitExceeded");
        ((int)refused.StatusCode).ShouldBe(400);
        ((string)(await refused.ReadJsonAsync())["error"]!).ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task A_share_of_the_requests_fails()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "whatsapp", status = 503, rate = 0.5 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => simulator.SendAsync("Hello")));

        answers.Count(answer => !answer.IsSuccessStatusCode).ShouldBeInRange(50, 150);
    }

    [Fact]
    public async Task A_fault_that_cannot_be_set_says_what_to_do_about_each_field()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await simulator.PostAsync("/_sim/faults", new { provider = "fax", rate = 2, mode = "sulk", status = 200, count = 0 });

        ((int)answer.StatusCode).ShouldBe(400);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.ReadJsonAsync())["errors"]!.AsObject().Select(field => field.Key).Order().ShouldBe(["count", "mode", "provider", "rate", "status"]);
    }

    [Fact]
    public async Task A_body_of_the_wrong_kind_is_a_problem_that_names_the_field()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await simulator.PostAsync("/_sim/faults", new { provider = "whatsapp", count = "two" });

        ((int)answer.StatusCode).ShouldBe(400);
        ((string)(await answer.ReadJsonAsync())["detail"]!).ShouldContain("$.count");
    }
}
