using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class EnvelopeTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task Jobs_that_wait_together_are_one_message_and_each_is_settled_by_itself()
    {
        await using var publisher = await TestProcess.PublisherAsync(Servers);
        var jobs = Many(50);
        await publisher.Publisher.PublishAsync(jobs, CancellationToken.None);
        await publisher.UntilDepthAsync("ingest.critical", 1);
        var failing = jobs[20].Job.Id;
        Script.Answer = delivery => delivery.Job.Id == failing ? JobOutcome.Retry("no", TimeSpan.FromHours(1)) : JobOutcome.Done;

        var worker = await TestProcess.WorkerAsync(Servers, Script, maxBatch: 7);

        await Script.SeeAllAsync(jobs.Select(job => job.Job.Id));
        await worker.UntilCountAsync("SELECT count(*) FROM scheduled_jobs WHERE state = 'retrying' AND attempt = 2", 1);
        await worker.StopAsync();
        Script.TryNext(out _).ShouldBeFalse();
        await publisher.UntilDepthAsync("ingest.critical", 0);
        await worker.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_message_that_came_back_without_an_answer_is_taken_apart()
    {
        await using var publisher = await TestProcess.PublisherAsync(Servers);
        await publisher.Publisher.PublishAsync(Many(5), CancellationToken.None);
        await publisher.Publisher.AskAsync(
            async channel =>
            {
                for (var time = 0; time < 4; time++)
                {
                    BasicGetResult? message;
                    while ((message = await channel.BasicGetAsync("ingest.critical", autoAck: false)) is null)
                        await Task.Yield();
                    await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true);
                }

                return true;
            },
            CancellationToken.None);
        var entered = new TaskCompletionSource();
        Script.Work = (_, cancellationToken) =>
        {
            entered.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        };

        var worker = await TestProcess.StartAsync(Servers, Script, services => services
            .AddJobWorker(JobWorker.Ingest, jobs => jobs.Handle<TestJob, TestHandler>())
            .PostConfigure<JobOptions>(options => options.ShutdownSeconds = 0.1));
        await entered.Task;
        await worker.DisposeAsync();

        await publisher.UntilDepthAsync("ingest.critical", 5);
    }

    [Fact(Timeout = Patience)]
    public async Task A_message_of_jobs_that_cannot_be_read_is_one_dead_job()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);

        await worker.Publisher.AskAsync(
            async channel =>
            {
                var properties = new BasicProperties { Persistent = true, Type = "jobs/1" };
                await channel.BasicPublishAsync("", "ingest.critical", mandatory: true, properties, "[{]"u8.ToArray());
                return true;
            },
            CancellationToken.None);

        await worker.UntilCountAsync("SELECT count(*) FROM dead_jobs WHERE type = 'jobs' AND convert_from(payload, 'UTF8') = '[{]'", 1);
    }
}
