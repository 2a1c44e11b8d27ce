using System.Net;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Sms;

/// <summary>What an operator sees of SMS: caches, pools, numbers, health.</summary>
public sealed class SmsPerformanceTests(ApplicationFixture app)
{
    [Fact]
    public async Task The_caches_hits_are_counted_and_clearing_them_makes_the_next_sms_load_again()
    {
        var phone = await Phone.VerifiedAsync(app);
        await phone.TextAsync("warm");
        var before = (await app.Edge.GetAsync("/api/sms/performance/cache"))["phoneNumberCache"]!;

        for (var number = 0; number < 5; number++)
            await phone.TextAsync($"cached {number}");
        var after = (await app.Edge.GetAsync("/api/sms/performance/cache"))["phoneNumberCache"]!;

        ((long)after["hits"]! - (long)before["hits"]!).ShouldBe(5);
        ((long)after["misses"]!).ShouldBe((long)before["misses"]!);
        ((int)after["max"]!).ShouldBe(1_000);
        ((int)after["size"]!).ShouldBeGreaterThan(0);
        ((double)after["hitRate"]!).ShouldBeInRange(0, 1);

        (await app.Edge.SendAsync(HttpMethod.Delete, "/api/sms/performance/cache")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await phone.TextAsync("loaded again");
        var cleared = (await app.Edge.GetAsync("/api/sms/performance/cache"))["phoneNumberCache"]!;
        ((long)cleared["misses"]!).ShouldBe((long)after["misses"]! + 1);
    }

    [Fact]
    public async Task The_figures_of_all_processes_are_there()
    {
        var phone = await Phone.VerifiedAsync(app);
        await phone.SettledAsync((string)(await phone.TextAsync("counted", new { contentType = "image/png", sizeBytes = 1_000 }))["messageSid"]!, 2);

        var database = await Eventually.SeesAsync(
            () => app.Edge.GetAsync("/api/sms/performance/database"),
            seen => seen["processes"]!.AsArray().Count >= 4, "the pools of four processes");
        ((int)database["pool"]!["total"]!).ShouldBeGreaterThan(0);
        ((int)database["pool"]!["waiting"]!).ShouldBeGreaterThanOrEqualTo(0);
        database["pool"]!["idle"].ShouldNotBeNull();

        var stats = await app.Edge.GetAsync("/api/sms/performance/stats");
        stats.ToJsonString().ShouldContain("accepted");
        await app.Edge.GetAsync("/api/sms/performance/connections");
    }

    [Fact]
    public async Task Health_needs_no_key_and_the_figures_need_an_operators()
    {
        using var health = await app.Edge.Http.GetAsync(new Uri("/api/sms/performance/health", UriKind.Relative));
        // unhealthy it may be: what a test of failures did to the servers a moment ago still counts
        health.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable);
        var me = await app.Edge.NewUserAsync();
        foreach (var path in new[] { "stats", "cache", "database", "connections" })
            (await me.SendAsync(HttpMethod.Get, $"/api/sms/performance/{path}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
        (await me.SendAsync(HttpMethod.Delete, "/api/sms/performance/cache")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
