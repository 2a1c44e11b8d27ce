using RabbitMQ.Client;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Jobs;

public sealed class PoisonTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task What_no_handler_can_be_given_is_dead_at_once_as_it_came_and_blocks_nobody()
    {
        await using (var publisher = await TestProcess.PublisherAsync(Servers))
        {
            await PutAsync(publisher, "nobody-knows/1", "{}"u8.ToArray());
            await PutAsync(publisher, "test-job/2", "{}"u8.ToArray());
            await PutAsync(publisher, null, "hello"u8.ToArray());
            await PutAsync(publisher, "nul \0 type", "{}"u8.ToArray());
            await PutAsync(publisher, "test-job/1", [0, 0, 0]);
            await PutAsync(publisher, "test-job/1", [0xff, 0xfe]);
            await PutAsync(publisher, "test-job/1", []);
            await publisher.Publisher.PublishAsync(TestJob.Named("good"), CancellationToken.None);
        }

        var worker = await TestProcess.WorkerAsync(Servers, Script);

        (await Script.NextAsync()).Job.Text.ShouldBe("good");
        await worker.StopAsync();
        var dead = (await worker.Get<DeadJobs>().ListAsync(new(), null, 10, CancellationToken.None));
        dead.Count.ShouldBe(7);
        dead.Select(job => job.Type).Order().ShouldBe(["", "nobody-knows", "nul \ufffd type", "test-job", "test-job", "test-job", "test-job"], ignoreOrder: true);
        dead.ShouldAllBe(job => job.Attempts == 1 && job.Errors.Count == 1 && job.Queue == "ingest.critical");
        dead.Single(job => job.Type == "nobody-knows").Error.ShouldBe("Nobody here serves 'nobody-knows/1'.");
        dead.ShouldContain(job => job.Payload == "\0\0\0");
        dead.ShouldContain(job => job.Payload == "hello");
        (await worker.CountAsync("SELECT count(*) FROM dead_jobs WHERE payload = '\\xfffe'")).ShouldBe(1);
        await worker.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_job_that_kills_whoever_takes_it_ends_in_dead_jobs()
    {
        await using var publisher = await TestProcess.PublisherAsync(Servers);
        var job = TestJob.Named("deadly", JobPriority.High);
        await publisher.Publisher.PublishAsync(job, CancellationToken.None);
        await publisher.Publisher.AskAsync(
            async channel =>
            {
                for (var taken = 0; taken <= new JobOptions().DeliveryLimit; taken++)
                {
                    BasicGetResult? delivery;
                    do
                    {
                        delivery = await channel.BasicGetAsync("ingest.high", autoAck: false);
                    }
                    while (delivery is null);
                    await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true);
                }

                return true;
            },
            CancellationToken.None);

        var worker = await TestProcess.WorkerAsync(Servers, Script);

        await worker.UntilCountAsync("SELECT count(*) FROM dead_jobs", 1);

        await worker.StopAsync();
        var dead = (await worker.Get<DeadJobs>().ListAsync(new(), null, 10, CancellationToken.None)).Single();
        dead.Id.ShouldBe(job.Id);
        dead.Type.ShouldBe("test-job");
        dead.Queue.ShouldBe("ingest.high");
        dead.Error.ShouldContain("came back too often");
        await publisher.UntilDepthAsync("ingest.dead-letter", 0);
        Script.TryNext(out _).ShouldBeFalse();
        await worker.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_known_type_that_another_worker_serves_goes_on_to_that_workers_queue()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);

        await PutAsync(worker, "send-notification/1", """{"notificationId":1}"""u8.ToArray());

        await worker.UntilDepthAsync("dispatch.critical", 1);
        await worker.StopAsync();
        (await Servers.GetAsync("ingest.critical")).ShouldBeNull();
        (await worker.CountAsync("SELECT count(*) FROM dead_jobs")).ShouldBe(0);
        var forwarded = (await Servers.GetAsync("dispatch.critical")).ShouldNotBeNull();
        forwarded.BasicProperties.Type.ShouldBe("send-notification/1");
        forwarded.Body.ToArray().ShouldBe("""{"notificationId":1}"""u8.ToArray());
    }

    private static Task<bool> PutAsync(TestProcess process, string? type, byte[] body) => process.Publisher.AskAsync(
        async channel =>
        {
            var properties = new BasicProperties { Persistent = true };
            if (type is not null)
                properties.Type = type;
            await channel.BasicPublishAsync("", "ingest.critical", mandatory: true, properties, body);
            return true;
        },
        CancellationToken.None);
}
