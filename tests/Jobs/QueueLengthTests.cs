using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

/// <summary>A queue has an end: who publishes to a full one is told, and nothing is lost.</summary>
public sealed class QueueLengthTests(Servers servers) : JobTest(servers)
{
    private const int MaxLength = 50;

    [Fact(Timeout = Patience)]
    public async Task A_full_queue_takes_no_more_until_there_is_room_and_what_is_due_waits_for_that()
    {
        await using var publisher = await TestProcess.StartAsync(
            Servers, null, services => services.AddJobPublishing().AddJobScheduler().PostConfigure<JobOptions>(Short));
        await FillAsync(publisher, MaxLength - 1);

        await Eventually.TrueAsync(async () => await RefusalAsync(publisher, JobPriority.Critical) is { QueueIsFull: true });
        (await RefusalAsync(publisher, JobPriority.Low)).ShouldBeNull("another queue has room");
        await using (var connection = await publisher.Database.OpenConnectionAsync())
            await publisher.Get<JobOutbox>().StageAsync(connection, null, Many(10), CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(publisher.Log.GetSnapshot().Any(
            line => line.Message.Contains("ingest.critical wait until the broker takes them", StringComparison.Ordinal))));
        (await publisher.CountAsync("SELECT count(*) FROM scheduled_jobs")).ShouldBe(1, "what is staged together is one row");

        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        await publisher.UntilCountAsync("SELECT count(*) FROM scheduled_jobs", 0);
        await Eventually.TrueAsync(async () => await RefusalAsync(publisher, JobPriority.Critical) is null);
    }

    [Fact(Timeout = Patience)]
    public async Task A_handler_may_publish_to_its_own_worker_however_full_that_is()
    {
        var release = new TaskCompletionSource();
        Script.Work = (_, _) => release.Task;
        await using var worker = await TestProcess.StartAsync(Servers, Script, services => services
            .AddJobWorker(JobWorker.Ingest, ingest => ingest.Handle<TestJob, TestHandler>(1, 1))
            .PostConfigure<JobOptions>(options =>
            {
                Short(options);
                options.PrefetchPerQueue = 1;
            }));
        await FillAsync(worker, MaxLength * 2);
        await Eventually.TrueAsync(() => Task.FromResult(
            worker.Publisher.Lengths.IsFull(JobQueue.Of(JobWorker.Ingest, JobPriority.Critical))));

        // held back here, the handler would wait for itself
        (await RefusalAsync(worker, JobPriority.Critical)).ShouldBeNull();
        release.SetResult();
    }

    // one after the other, so that each is a message by itself
    private static async Task FillAsync(TestProcess process, int messages)
    {
        foreach (var job in Many(messages))
            await process.Publisher.PublishAsync([job], CancellationToken.None);
    }

    private static void Short(JobOptions options)
    {
        options.MaxQueueLength = MaxLength;
        options.QueueLengthPollMs = 20;
    }

    private static async Task<BrokerUnavailableException?> RefusalAsync(TestProcess process, JobPriority priority)
    {
        try
        {
            await process.Publisher.PublishAsync(TestJob.Named("one more", priority), CancellationToken.None);
            return null;
        }
        catch (BrokerUnavailableException refusal)
        {
            return refusal;
        }
    }
}
