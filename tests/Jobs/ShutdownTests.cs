using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class ShutdownTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task A_stopping_process_finishes_what_its_handlers_hold_and_returns_the_rest()
    {
        var (entered, gate) = (new TaskCompletionSource<int>(), new TaskCompletionSource());
        Script.Work = (batch, _) =>
        {
            entered.TrySetResult(batch.Count);
            return gate.Task;
        };
        await using var publisher = await TestProcess.PublisherAsync(Servers);
        var worker = await TestProcess.WorkerAsync(Servers, Script, maxBatch: 5, concurrentBatches: 1);
        await publisher.Publisher.PublishAsync(Many(20), CancellationToken.None);
        var held = await entered.Task;

        var stopping = worker.StopAsync();
        stopping.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await stopping;

        var finished = 0;
        while (Script.TryNext(out _))
            finished++;
        finished.ShouldBe(held);
        await publisher.UntilDepthAsync("ingest.critical", 20 - held);
        await worker.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task What_does_not_finish_in_time_is_told_to_stop_and_comes_again()
    {
        var entered = new TaskCompletionSource();
        Script.Work = (_, cancellationToken) =>
        {
            entered.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        };
        await using var publisher = await TestProcess.PublisherAsync(Servers);
        var worker = await TestProcess.StartAsync(Servers, Script, services =>
        {
            services.AddJobWorker(JobWorker.Ingest, jobs => jobs.Handle<TestJob, TestHandler>());
            Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.PostConfigure<JobOptions>(
                services, options => options.ShutdownSeconds = 0.1);
        });
        await publisher.Publisher.PublishAsync(TestJob.Named("endless"), CancellationToken.None);
        await entered.Task;

        await worker.DisposeAsync();

        await publisher.UntilDepthAsync("ingest.critical", 1);
    }
}
