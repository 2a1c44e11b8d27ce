namespace Switchboard.Tests.Edge.Health;

public sealed class DatabaseAwayTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Without_the_database_it_is_unhealthy_whether_it_is_measured_or_not()
    {
        await using var on = new PerformanceHost(postgres);
        await using var off = new PerformanceHost(postgres, ("ENABLE_PERFORMANCE_MONITORING", "false"));
        (await on.HealthAsync()).Status.ShouldBe(200);
        await postgres.KillAsync();

        foreach (var host in new[] { on, off })
        {
            var (status, health) = await host.HealthAsync();
            status.ShouldBe(503);
            health.Status.ShouldBe("unhealthy");
        }

        await postgres.StartAsync();
        (await on.HealthAsync()).Status.ShouldBe(200);
    }
}
