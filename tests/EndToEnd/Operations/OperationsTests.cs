using System.Net;
using Dapper;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Operations;

/// <summary>What the people who run it look at.</summary>
public sealed class OperationsTests(ApplicationFixture app)
{
    [Theory]
    [InlineData("edge-api")]
    [InlineData("workers-ingest")]
    [InlineData("workers-dispatch")]
    [InlineData("analytics-worker")]
    public async Task Each_process_says_that_it_is_healthy_and_what_it_counts(string resource)
    {
        using var http = Aspire.Hosting.Testing.DistributedApplicationHostingTestingExtensions.CreateHttpClient(app.App, resource, "http");

        // what another test killed a moment ago may take some seconds to be connected to again
        await Eventually.SeesAsync(() => HealthAsync(http), health => health == "Healthy", $"health of {resource}");
        (await http.GetStringAsync(new Uri("/alive", UriKind.Relative))).ShouldContain("Healthy");
        (await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).ShouldContain("# TYPE");
    }

    private static async Task<string> HealthAsync(HttpClient http)
    {
        using var answer = await http.GetAsync(new Uri("/health", UriKind.Relative));
        return await answer.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task The_statistics_of_jobs_count_what_was_done()
    {
        var me = await app.Edge.NewUserAsync();
        await me.CreateRuleAsync("stats.test", "+15550115001");
        await me.MailAsync("stats-1", "a@stats.test", "Counted");
        await me.NotificationAsync("Counted", "delivered");

        var stats = await Eventually.SeesAsync(
            async () => (await app.Edge.GetAsync("/api/jobs/stats"))["types"]!.AsArray()
                .FirstOrDefault(type => (string?)type!["type"] == "send-notification"),
            type => type is not null && (long)type["completed"]! > 0,
            "completed send-notification jobs");

        ((double)stats!["latencyMs"]!["p95"]!).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_roll_ups_count_each_notification_once()
    {
        var me = await app.Edge.NewUserAsync();
        await me.CreateRuleAsync("rollup.test", "+15550115002");
        for (var number = 0; number < 20; number++)
            await me.MailAsync($"rollup-{number}", "a@rollup.test", $"Roll-up {number}");

        var now = TimeProvider.System.GetUtcNow();
        var path = $"/api/analytics/notifications?from={Uri.EscapeDataString(now.AddHours(-1).ToString("O"))}"
            + $"&to={Uri.EscapeDataString(now.AddHours(1).ToString("O"))}&bucket=hour";
        var buckets = await Eventually.SeesAsync(
            async () => (await me.GetAsync(path))["items"]!.AsArray(),
            items => items.Sum(item => (long)item!["delivered"]!) >= 20,
            "20 delivered notifications in the roll-ups");

        buckets.Sum(item => (long)item!["created"]!).ShouldBe(20);
        buckets.Sum(item => (long)item!["sent"]!).ShouldBe(20);
        buckets.Sum(item => (long)item!["delivered"]!).ShouldBe(20);
    }

    [Fact]
    public async Task The_description_of_the_api_names_its_endpoints()
    {
        var description = await app.Edge.GetAsync("/openapi/v1.json");

        var paths = description["paths"]!.AsObject().Select(path => path.Key).ToList();
        paths.ShouldContain("/api/rules");
        paths.ShouldContain("/api/notifications/{id}");
        paths.ShouldContain("/api/jobs/stats");
    }

    [Fact]
    public async Task Every_index_is_there_by_its_name()
    {
        await using var database = await app.OpenDatabaseAsync();

        var indexes = await database.QueryAsync<string>("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'");

        foreach (var name in new[]
                 {
                     "idx_rules_user_active", "idx_rules_sender_gin", "idx_rules_content_gin",
                     "idx_notifications_user_status_sent", "idx_notifications_failed",
                     "idx_user_notifications", "idx_active_notifications",
                 })
            indexes.ShouldContain(name);
    }

    [Fact]
    public async Task Too_many_requests_are_told_when_to_come_back()
    {
        var me = await app.Edge.NewUserAsync();
        using var response = await me.SendAsync(HttpMethod.Get, "/api/rules");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("RateLimit-Policy").Single().ShouldContain("q=");
        response.Headers.GetValues("RateLimit").Single().ShouldContain("r=");
    }
}
