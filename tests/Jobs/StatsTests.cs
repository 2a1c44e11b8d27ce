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
}
