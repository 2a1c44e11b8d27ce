using System.Net;

namespace Switchboard.Tests.Edge;

/// <summary><c>/api/operations/queries</c>: what is measured, and plans of that alone.</summary>
public sealed class QueryPlanTests(SharedEdge edge)
{
    private const string Path = "/api/operations/queries";

    [Fact]
    public async Task A_query_that_ran_is_listed_with_its_times_and_has_a_plan_without_values()
    {
        var (_, key) = await edge.NewUserAsync("admin");
        for (var call = 0; call < 3; call++)
            (await edge.GetAsync(key, "/api/notifications?status=failed&channel=sms")).StatusCode.ShouldBe(HttpStatusCode.OK);

        var listed = (await EdgeProcess.JsonAsync(await edge.GetAsync(key, Path)))["items"]!.AsArray()
            .Single(item => (string?)item!["name"] == "notifications")!;
        ((long)listed["calls"]!).ShouldBeGreaterThanOrEqualTo(3);
        ((double)listed["lastFiveMinutes"]!["p95Ms"]!).ShouldBeGreaterThan(0);
        listed["services"]!.AsArray().Select(service => (string?)service).ShouldBe(["edge"]);

        var plan = (await EdgeProcess.JsonAsync(await edge.GetAsync(key, (string)listed["plan"]!)))["plan"]!.AsArray()
            .Select(line => (string)line!).ToArray();
        plan[0].ShouldStartWith("Limit  (cost=");
        string.Join('\n', plan).ShouldContain(" notifications ");
        string.Join('\n', plan).ShouldNotContain("sms");
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("SELECT%201")]
    [InlineData("notifications%3B%20DROP%20TABLE%20users")]
    public async Task No_other_text_is_explained(string name)
    {
        var (_, key) = await edge.NewUserAsync("admin");
        (await edge.GetAsync(key, $"{Path}/{name}/plan")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(Path)]
    [InlineData($"{Path}/notifications/plan")]
    public async Task It_is_for_administrators(string path)
    {
        var (_, key) = await edge.NewUserAsync("jobs", "notifications");
        (await edge.GetAsync(key, path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
