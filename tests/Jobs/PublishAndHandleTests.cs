using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class PublishAndHandleTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task A_published_job_is_handled_once_and_is_gone()
    {
        await using var publisher = await TestProcess.PublisherAsync(Servers);
        var worker = await TestProcess.WorkerAsync(Servers, Script);
        var job = TestJob.Named("hello");

        await publisher.Publisher.PublishAsync(job, CancellationToken.None);

        var delivery = await Script.NextAsync();
        delivery.Job.ShouldBe(job);
        delivery.Attempt.ShouldBe(1);
        await worker.DisposeAsync();
        await publisher.UntilDepthAsync("ingest.critical", 0);
        Script.TryNext(out _).ShouldBeFalse();
    }

    [Fact(Timeout = Patience)]
    public async Task Jobs_published_together_are_handled_together()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script, maxBatch: 1000);
        var (batches, gate) = (new List<int>(), new TaskCompletionSource());
        Script.Work = (batch, _) =>
        {
            lock (batches)
                batches.Add(batch.Count);
            return gate.Task;
        };
        var jobs = Many(300);

        await worker.Publisher.PublishAsync(jobs, CancellationToken.None);
        // what comes while the first batches are in work waits, and makes the next one
        await worker.UntilDepthAsync("ingest.critical", 0);
        gate.SetResult();

        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id));
        batches.Sum().ShouldBe(300);
        batches.Count.ShouldBeLessThan(10);
    }

    [Fact(Timeout = Patience)]
    public async Task A_broker_that_is_not_there_is_an_error_soon_not_a_wait()
    {
        await using var process = await TestProcess.StartAsync(
            Servers, null, services => AddBrokerThatIsAway(services).AddJobPublishing()
                .PostConfigure<JobOptions>(options => options.ConfirmTimeoutSeconds = 60));

        for (var again = 0; again < 2; again++)
        {
            // long before the time that it may take to confirm
            await Should.ThrowAsync<BrokerUnavailableException>(
                process.Publisher.PublishAsync(TestJob.Named("x"), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    [Fact(Timeout = Patience)]
    public async Task A_queue_that_was_deleted_is_there_again_for_publishers_and_for_workers()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        await worker.Publisher.PublishAsync(TestJob.Named("before"), CancellationToken.None);
        await Script.NextAsync();

        await worker.Publisher.AskAsync(
            channel => channel.QueueDeleteAsync("ingest.critical", false, false, false, CancellationToken.None), CancellationToken.None);

        var job = TestJob.Named("after");
        await Load.PublishUntilTakenAsync(worker.Publisher, [new(job)]);
        await Script.SeeAllAsync([job.Id]);
    }

    [Fact(Timeout = Patience)]
    public async Task The_span_of_a_job_belongs_to_the_trace_that_published_it()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Switchboard.Jobs",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        using var request = new Activity("request").Start();

        await worker.Publisher.PublishAsync([new(TestJob.Named("child")), new(TestJob.Named("sibling"))], CancellationToken.None);

        var deliveries = new[] { await Script.NextAsync(), await Script.NextAsync() };
        deliveries.ShouldAllBe(delivery => delivery.Activity!.TraceId == request.TraceId);
        deliveries.ShouldAllBe(delivery => delivery.Activity!.OperationName == "test-job" && delivery.Activity!.Kind == ActivityKind.Consumer);
        deliveries[0].Activity!.ParentSpanId.ShouldNotBe(deliveries[1].Activity!.ParentSpanId);
        Activity.Current.ShouldBe(request);
    }

    private static IServiceCollection AddBrokerThatIsAway(
        IServiceCollection services)
    {
        var factory = new RabbitMQ.Client.ConnectionFactory { Uri = new($"amqp://guest:guest@127.0.0.1:{FreePort.Next()}") };
        services.Add(new(typeof(RabbitMQ.Client.IConnectionFactory), factory));
        return services;
    }
}
