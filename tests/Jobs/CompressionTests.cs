using System.Text;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Switchboard.Core.Jobs;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Tests.Jobs;

/// <summary>Large messages travel compressed; whatever else comes is read as far as it can be, and stops nobody.</summary>
public sealed class CompressionTests(Servers servers) : JobTest(servers)
{
    [Fact(Timeout = Patience)]
    public async Task Many_jobs_are_compressed_few_are_not_and_both_are_handled()
    {
        await using var publisher = await TestProcess.PublisherAsync(Servers);
        var (many, few) = (Many(100), Many(2, JobPriority.High));
        await publisher.Publisher.PublishAsync(many, CancellationToken.None);
        await publisher.Publisher.PublishAsync(few, CancellationToken.None);

        var large = await PeekAsync(publisher, "ingest.critical");
        large.BasicProperties.ContentEncoding.ShouldBe("br");
        CompressedBody.Read(large.Body.Span)!.Length.ShouldBeGreaterThan(large.Body.Length * 2);
        var small = await PeekAsync(publisher, "ingest.high");
        small.BasicProperties.ContentEncoding.ShouldBeNull();

        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        await Script.SeeAllAsync(many.Concat(few).Select(job => job.Job.Id));
    }

    [Fact(Timeout = Patience)]
    public async Task With_0_nothing_is_compressed()
    {
        await using var publisher = await TestProcess.StartAsync(
            Servers, null, services => services.AddJobPublishing().PostConfigure<JobOptions>(options => options.CompressFromBytes = 0));
        await publisher.Publisher.PublishAsync(Many(100), CancellationToken.None);

        (await PeekAsync(publisher, "ingest.critical")).BasicProperties.ContentEncoding.ShouldBeNull();
    }

    [Theory(Timeout = Patience)]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task What_cannot_be_decompressed_is_a_dead_job_and_stops_nobody(string encoding)
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        await worker.Publisher.AskAsync(
            async channel =>
            {
                var properties = new BasicProperties { Persistent = true, Type = "jobs/1", ContentEncoding = encoding };
                await channel.BasicPublishAsync("", "ingest.critical", mandatory: true, properties, "odd"u8.ToArray());
                return true;
            },
            CancellationToken.None);
        var next = TestJob.Named("next");
        await worker.Publisher.PublishAsync(next, CancellationToken.None);

        await Script.SeeAllAsync([next.Id]);
        await worker.UntilCountAsync("SELECT count(*) FROM dead_jobs WHERE type = 'jobs' AND convert_from(payload, 'UTF8') = 'odd'", 1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_compressed_message_of_a_single_job_is_handled_whoever_published_it()
    {
        await using var worker = await TestProcess.WorkerAsync(Servers, Script);
        var job = TestJob.Named(new string('a', 5000));
        var body = Encoding.UTF8.GetBytes($$"""{"id":"{{job.Id}}","text":"{{job.Text}}","priority":"critical"}""");
        await worker.Publisher.AskAsync(
            async channel =>
            {
                var properties = new BasicProperties { Persistent = true, Type = "test-job/1", MessageId = job.Id.ToString("N"), ContentEncoding = "br" };
                await channel.BasicPublishAsync("", "ingest.critical", mandatory: true, properties, CompressedBody.Of(body)!);
                return true;
            },
            CancellationToken.None);

        (await Script.NextAsync()).Job.Text.ShouldBe(job.Text);
    }

    // as it lies in its queue, where it stays
    private static Task<BasicGetResult> PeekAsync(TestProcess process, string queue) => process.Publisher.AskAsync(
        async channel =>
        {
            var message = (await channel.BasicGetAsync(queue, autoAck: false))!;
            await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true);
            return message;
        },
        CancellationToken.None);
}
