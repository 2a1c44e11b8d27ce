using Microsoft.Extensions.Options;
using Switchboard.Simulator.Microsoft;

namespace Switchboard.Tests.Simulator.Microsoft;

public sealed class GraphLimitTests
{
    [Fact]
    public void A_fifth_request_at_once_is_refused_and_comes_in_when_another_has_left()
    {
        var gate = Gate(new GraphOptions(), new TestClock());
        var entries = Enumerable.Range(0, 4).Select(_ => gate.TryEnter(out var _)!).ToList();

        gate.TryEnter(out var refusal).ShouldBeNull();
        refusal.ShouldBe(new Refusal("MailboxConcurrency", 1));
        entries[0].Dispose();
        entries[0].Dispose();
        gate.TryEnter(out var _).ShouldNotBeNull();
        gate.TryEnter(out var _).ShouldBeNull();
        gate.Counts.ShouldBe(new GateCounts(7, 5, 2, 0));
    }

    [Fact]
    public void The_window_slides_and_says_when_the_next_request_comes_in()
    {
        var time = new TestClock();
        var gate = Gate(new GraphOptions { MaxRequestsInWindow = 2, WindowSeconds = 60 }, time);
        gate.TryEnter(out var _)!.Dispose();
        time.Advance(TimeSpan.FromSeconds(20));
        gate.TryEnter(out var _)!.Dispose();

        gate.TryEnter(out var refusal).ShouldBeNull();
        refusal!.RetryAfterSeconds.ShouldBe(40);
        time.Advance(TimeSpan.FromSeconds(39));
        gate.TryEnter(out refusal).ShouldBeNull();
        time.Advance(TimeSpan.FromSeconds(refusal!.RetryAfterSeconds));
        gate.TryEnter(out refusal).ShouldNotBeNull();
        gate.TryEnter(out refusal).ShouldBeNull();
        refusal!.RetryAfterSeconds.ShouldBe(20);
    }

    [Fact]
    public async Task Requests_over_the_limit_are_throttled_and_the_mailbox_tells_of_it()
    {
        await using var simulator = await RunningSimulator.StartAsync(new TestClock(), "Graph:MaxRequestsInWindow=3");
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);
        for (var n = 0; n < 3; n++)
        {
            await graph.GetAsync("me/messages");
        }

        using var refused = await graph.CallAsync("me/messages");
        var mailbox = await simulator.GetAsync("/_sim/graph/mailboxes/ann@example.com");

        ((int)refused.StatusCode).ShouldBe(429);
        ((string)(await refused.ReadJsonAsync())["error"]!["code"]!).ShouldBe("ApplicationThrottled");
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(590, 600);
        ((int)mailbox["requests"]!).ShouldBe(4);
        ((int)mailbox["throttled"]!).ShouldBe(1);
        ((int)mailbox["throttledByWindow"]!).ShouldBe(1);
        ((int)mailbox["peakConcurrency"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Five_requests_at_once_are_one_too_many()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);
        await simulator.ControlAsync("/_sim/graph/limits", new { latencyMs = 500 });

        var calls = Enumerable.Range(0, 5).Select(_ => graph.CallAsync("me/messages")).ToArray();
        await clock.WaitedForAsync(TimeSpan.FromMilliseconds(500), waits: 4);
        await Task.WhenAny(calls);
        clock.Advance(TimeSpan.FromMilliseconds(500));
        var answers = await Task.WhenAll(calls);

        answers.Select(answer => (int)answer.StatusCode).Order().ShouldBe([200, 200, 200, 200, 429]);
        var refused = answers.Single(answer => (int)answer.StatusCode == 429);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("MailboxConcurrency");
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        ((int)(await simulator.GetAsync("/_sim/graph/mailboxes/ann@example.com"))["throttledByConcurrency"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Graph_and_the_identity_platform_fail_in_Microsofts_way()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);
        await simulator.ControlAsync("/_sim/faults", new { provider = "graph", status = 503, count = 1, retryAfterSeconds = 3 });
        await simulator.ControlAsync("/_sim/faults", new { provider = "microsoft", code = "invalid_grant", count = 1 });

        using var busy = await graph.CallAsync("me/messages");
        using var refused = await GraphClient.RefreshAsync(simulator, graph.RefreshToken);

        ((int)busy.StatusCode).ShouldBe(503);
        busy.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        ((string)(await busy.ReadJsonAsync())["error"]!["code"]!).ShouldBe("ErrorServerBusy");
        ((string)(await refused.ReadJsonAsync())["error"]!).ShouldBe("invalid_grant");
        (await graph.CallAsync("me/messages")).IsSuccessStatusCode.ShouldBeTrue();
    }

    private static RequestGate Gate(GraphOptions options, TimeProvider time) => new(new GraphLimits(Options.Create(options)), time);
}
