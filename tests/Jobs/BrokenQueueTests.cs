using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>One queue that its broker cannot start: its leader was not found, or most of its members are away.</summary>
public sealed class BrokenQueueTests(Servers servers) : JobTest(servers)
{
    // more than the broker lets wait for a leader (32) before it stops to read from who published them
    private const int ManyUnanswered = 100;

    [Fact(Timeout = Patience)]
    public async Task It_stops_its_own_queue_alone_and_that_goes_on_when_it_is_there_again()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script, confirmTimeoutSeconds: 0.5);
        await Servers.KillBrokerAsync();
        await Servers.BrokerFiles.HideAsync("ingest.high");
        await Servers.StartBrokerAsync();
        try
        {
            foreach (var lost in Many(ManyUnanswered, JobPriority.High).Chunk(ManyUnanswered / 4))
                await Should.ThrowAsync<BrokerUnavailableException>(worker.Publisher.PublishAsync(lost, CancellationToken.None));

            var others = Many(200);
            await Load.PublishUntilTakenAsync(worker.Publisher, others);
            await Script.SeeAllAsync(others.Select(job => job.Job.Id));
            await Eventually.TrueAsync(async () =>
                (await ConsumersAsync(worker, JobPriority.High), await ConsumersAsync(worker, JobPriority.Low)) == (0, 1));

            // more of them than the scheduler takes at once
            await StageAsync(worker, Many(new JobOptions().SchedulerBatch + 1, JobPriority.High));
            var later = Many(10, JobPriority.Low);
            await StageAsync(worker, later);
            await worker.UntilCountAsync($"SELECT count(*) FROM scheduled_jobs WHERE priority = {(int)JobPriority.Low}", 0);
            await Script.SeeAllAsync(later.Select(job => job.Job.Id));
            Script.TryNext(out _).ShouldBeFalse();
        }
        finally
        {
            await Servers.KillBrokerAsync();
            Servers.BrokerFiles.Restore();
            await Servers.StartBrokerAsync();
        }

        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs", 0);
        var again = TestJob.Named("again", JobPriority.High);
        await Load.PublishUntilTakenAsync(worker.Publisher, [new(again)]);
        await Script.SeeAllAsync([again.Id]);
    }

    private static async Task<long?> ConsumersAsync(TestProcess worker, JobPriority priority) =>
        (await worker.Get<JobStats>().GetAsync(CancellationToken.None))
        .First(type => type.Queue == JobQueue.Of(JobWorker.Ingest, priority).Name).Consumers;

    private static async Task StageAsync(TestProcess worker, OutgoingJob[] jobs)
    {
        await using var connection = await worker.Database.OpenConnectionAsync();
        await worker.Get<JobOutbox>().StageAsync(connection, null, jobs, CancellationToken.None);
    }
}
