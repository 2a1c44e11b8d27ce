using System.Text.RegularExpressions;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class StatsTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task The_figures_of_all_processes_add_up()
    {
        Script.Answer = delivery => delivery.Job.Text switch
        {
            "1" => JobOutcome.Dead("no"),
            "2" => JobOutcome.Retry("later", TimeSpan.FromHours(1)),
            _ => JobOutcome.Done,
        };
        var one = await TestProcess.WorkerAsync(Servers, Script, maxBatch: 2);
        var two = await TestProcess.WorkerAsync(Servers, Script, maxBatch: 2);
        var jobs = Many(50);
        await one.Publisher.PublishAsync(jobs, CancellationToken.None);
        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id));
        await one.DisposeAsync();
        await two.DisposeAsync();
        await using var edge = await TestProcess.PublisherAsync(Servers);

        var all = await edge.Get<JobStats>().GetAsync(CancellationToken.None);

        var stats = all.Single(type => type.Type == "test-job");
        (stats.Completed, stats.Failed, stats.Dead, stats.Scheduled, stats.Active).ShouldBe((48, 1, 1, 1, 0));
        stats.CompletedPerSecond.ShouldBeGreaterThan(0);
        stats.LatencyMs.P50!.Value.ShouldBeGreaterThan(0);
        stats.LatencyMs.P99!.Value.ShouldBeGreaterThanOrEqualTo(stats.LatencyMs.P50.Value);
        all.Select(type => type.Type).ShouldContain("process-email");
        all.Single(type => type.Type == "process-email").Ready.ShouldBe(0);
    }

    [Fact(Timeout = Patience)]
    public async Task What_handlers_hold_is_active()
    {
        var gate = new TaskCompletionSource();
        Script.Work = (_, _) => gate.Task;
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        await worker.Publisher.PublishAsync(Many(3), CancellationToken.None);

        await Eventually.TrueAsync(async () =>
            (await worker.Get<JobStats>().GetAsync(CancellationToken.None)).Any(type => type is { Type: "test-job", Active: 3 }));
        gate.SetResult();
    }

    [Fact(Timeout = Patience)]
    public async Task Waiting_and_dead_jobs_are_counted_up_to_a_bound_and_no_table_is_read_as_a_whole()
    {
        await using var process = await TestProcess.PublisherAsync(Servers);
        await process.ExecuteAsync(
            """
            INSERT INTO scheduled_jobs (id, type, version, worker, priority, payload, idempotency_key, state, due_at, enqueued_at, created_at)
            SELECT gen_random_uuid(), 'test-job', 1, 'ingest', 1, '{}', 'key', 'delayed', now() + n * interval '1 second', now(), now()
            FROM generate_series(1, 60000) AS n;

            INSERT INTO dead_jobs (id, type, version, worker, priority, payload, idempotency_key, attempts, errors, error, created_at, died_at)
            SELECT gen_random_uuid(), CASE WHEN n <= 3 THEN 'rare-job' ELSE 'test-job' END, 1, 'ingest', 1, '', 'key', 1, '[]', 'error', now(), now()
            FROM generate_series(1, 60000) AS n;

            ANALYZE scheduled_jobs, dead_jobs
            """);

        var all = await process.Get<JobStats>().GetAsync(CancellationToken.None);

        var stats = all.Single(type => type.Type == "test-job");
        (stats.Scheduled, stats.Dead).ShouldBe((10_000, 10_000));
        stats.CountedUpTo.ShouldBe(10_000);
        all.Single(type => type.Type == "rare-job").Dead.ShouldBe(3);
        var plan = await process.TextAsync("EXPLAIN " + Regex.Replace(ReadJobCounts.Sql, @"\$\d", "now()"));
        plan.ShouldNotContain("Seq Scan on scheduled_jobs");
        plan.ShouldNotContain("Seq Scan on dead_jobs");
    }
}
