using System.Net;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge;

/// <summary>An edge for which each request is slow.</summary>
public sealed class SlowEdge : EdgeProcess
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Performance__SlowRequestMilliseconds"] = "1",
        ["Queries__SlowQueryMilliseconds"] = "1",
    };

    // a query that is measured, of a user with enough to read that it takes some milliseconds
    public Task FillAsync(Guid user) => ExecuteAsync(
        $"""
        INSERT INTO notifications (id, user_id, channel, recipient, body, priority, delivery_status, source, created_at)
        SELECT gen_random_uuid(), '{user}', 'sms', '+1', repeat('x', 2000), 1, 'sent', 'api', now() FROM generate_series(1, 5000)
        """);
}

public sealed class PerformanceReportTests(SlowEdge edge) : IClassFixture<SlowEdge>
{
    private const string Path = "/api/operations/performance/report";

    [Fact]
    public async Task The_report_tells_uptime_memory_queries_requests_by_route_and_where_slow_ones_spent_their_time()
    {
        var (user, key) = await edge.NewUserAsync(Scope.Jobs, Scope.Notifications);
        await edge.FillAsync(user);
        for (var call = 0; call < 3; call++)
            (await edge.GetAsync(key, "/api/notifications?limit=100")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await edge.SaysAsync("GET /api/notifications took ");

        var report = await EdgeProcess.JsonAsync(await edge.GetAsync(key, Path));

        ((double)report["uptimeSeconds"]!).ShouldBeGreaterThan(0);
        ((long)report["memory"]!["workingSetBytes"]!).ShouldBeGreaterThan(10_000_000);
        ((string)report["processes"]![0]!["service"]!).ShouldBe("edge");
        ((long)report["queries"]!["total"]!).ShouldBeGreaterThanOrEqualTo(3);
        ((double)report["queries"]!["averageMs"]!).ShouldBeGreaterThan(0);
        ((long)report["queries"]!["slow"]!).ShouldBeGreaterThan(0);
        report["queries"]!["recent"]!.AsArray().Select(query => (string)query!["name"]!).ShouldContain("notifications");
        var route = report["requests"]!.AsArray().Single(one => (string)one!["route"]! == "GET /api/notifications")!;
        ((long)route["requests"]!).ShouldBe(3);
        foreach (var part in (string[])["p50Ms", "p95Ms", "p99Ms"])
            ((double)route["lastFiveMinutes"]![part]!).ShouldBeGreaterThan(0);
        var slow = report["slowOperations"]!["latest"]!.AsArray().First(one => (string)one!["route"]! == "GET /api/notifications")!;
        slow["checkpoints"]!.AsArray().Select(checkpoint => (string)checkpoint!["name"]!)
            .ShouldBe(["query notifications", "answer begins"]);
        ((double)slow["checkpoints"]![0]!["tookMs"]!).ShouldBeInRange(0.1, (double)slow["milliseconds"]!);
    }

    [Fact]
    public async Task It_is_for_operators()
    {
        var (_, key) = await edge.NewUserAsync([.. Scope.Personal]);
        (await edge.GetAsync(key, Path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
