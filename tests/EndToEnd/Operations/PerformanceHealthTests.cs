using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Operations;

/// <summary>What who watches over the system sees of mail tracking.</summary>
public sealed class PerformanceHealthTests(ApplicationFixture app)
{
    [Theory]
    [InlineData("/api/health/performance")]
    [InlineData("/health/performance")]
    public async Task Each_figure_has_its_threshold_and_no_key_is_needed(string path)
    {
        using var answer = await Eventually.SeesAsync(
            () => app.Edge.Http.GetAsync(new Uri(path, UriKind.Relative)), seen => seen.StatusCode == HttpStatusCode.OK, "a healthy system");

        var health = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        ((string?)health["status"]).ShouldBe("healthy");
        health["checks"]!.AsArray().Select(check => (string?)check!["name"]).ShouldBe(
        [
            "queryP95Ms", "cacheHitRate", "mailsPerHour", "webhookJobsPerMinute", "queueDepth", "poolUse", "errorRate", "localLimitRate", "database",
        ]);
        health["checks"]!.AsArray().ShouldAllBe(check => (bool)check!["ok"]! && check["threshold"] != null);
        // the broker says what is ready, and all four processes how many connections they have
        ((double?)health["checks"]!.AsArray().Single(check => (string?)check!["name"] == "queueDepth")!["value"]).ShouldNotBeNull();
        health["waiting"]!.AsArray().Count.ShouldBe(5);
    }
}
