using Npgsql;
using Switchboard.Core.Email;

namespace Switchboard.Tests.Edge.Health;

public sealed class HealthPerformanceTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task What_the_database_and_the_processes_say_is_judged()
    {
        await using var host = new PerformanceHost(postgres, ("HealthPerformance:MaxQueueDepth", "1"));
        await host.ExecuteAsync("TRUNCATE scheduled_jobs, job_minutes");
        await host.ExecuteAsync(
            $"""
            INSERT INTO job_minutes (type, minute, completed, failed, dead, latency_counts)
            SELECT type, date_trunc('minute', now()) - n * interval '1 minute', 100, 0, 0, ARRAY[]::bigint[]
            FROM generate_series(0, 6) AS n, unnest(ARRAY['{ReadGraphChanges.Type.Name}', 'something-else']) AS type
            """);
        (await host.HealthAsync()).Status.ShouldBe(200);

        await host.ExecuteAsync(
            $$"""
            INSERT INTO scheduled_jobs (id, type, version, worker, priority, payload, idempotency_key, state, due_at, enqueued_at, created_at)
            SELECT gen_random_uuid(), '{{SyncEmails.Type.Name}}', 1, 'ingest', 3, '{}', 'key', 'retrying', now(), now(), now() FROM generate_series(1, 2)
            """);
        var (status, health) = await host.HealthAsync();

        status.ShouldBe(503);
        health.Checks.Where(check => !check.Ok).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            check => check.Name.ShouldBe("queueDepth"), check => check.Value.ShouldBe(2));
        health.Checks.Single(check => check.Name == "webhookJobsPerMinute").Value.ShouldBe(100);
        health.Waiting.Sum(waiting => waiting.Jobs).ShouldBe(2);
    }

    [Fact]
    public async Task While_nothing_is_measured_it_says_so()
    {
        await using var host = new PerformanceHost(postgres, ("ENABLE_PERFORMANCE_MONITORING", "false"), ("HealthPerformance:MaxPoolUse", "0"));

        var (status, health) = await host.HealthAsync();

        status.ShouldBe(200);
        health.Status.ShouldBe("off");
        health.Checks.ShouldHaveSingleItem().Name.ShouldBe("database");
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_away()
    {
        await using var host = new PerformanceHost(postgres);
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("LOCK TABLE process_reports IN ACCESS EXCLUSIVE MODE", connection, holding);
        await hold.ExecuteNonQueryAsync();

        var (status, health) = await host.HealthAsync();

        status.ShouldBe(503);
        health.Checks.Where(check => !check.Ok).ShouldHaveSingleItem().Name.ShouldBe("database");
    }
}
