using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class PriorityTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task Urgent_jobs_go_first_and_the_others_are_not_starved()
    {
        var gate = new TaskCompletionSource();
        Script.Work = (_, _) => gate.Task;
        await using var worker = await TestProcess.WorkerAsync(Servers, Script, maxBatch: 5, concurrentBatches: 1);
        await worker.Publisher.PublishAsync(TestJob.Named("opens the gate", JobPriority.Normal), CancellationToken.None);
        await worker.Publisher.PublishAsync(Many(100, JobPriority.VeryLow), CancellationToken.None);
        await worker.Publisher.PublishAsync(Many(200, JobPriority.Critical), CancellationToken.None);
        // confirmed is not yet delivered: until both queues have nothing more to hand out
        await Eventually.TrueAsync(async () => await worker.DepthAsync("ingest.critical") + await worker.DepthAsync("ingest.very-low") == 0);

        gate.SetResult();

        var order = new List<JobPriority>();
        for (var i = 0; i < 301; i++)
            order.Add((await Script.NextAsync()).Job.Priority);
        var afterFirst = order.Skip(6).ToList();
        var urgentDone = afterFirst.LastIndexOf(JobPriority.Critical);
        afterFirst.Take(urgentDone).Count(queue => queue == JobPriority.VeryLow).ShouldBeInRange(10, 40);
    }
}
