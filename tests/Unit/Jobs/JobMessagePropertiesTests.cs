using System.Text;
using RabbitMQ.Client;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class JobMessagePropertiesTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly JobQueue _queue = JobQueue.Of(JobWorker.Ingest, JobPriority.Normal);

    [Fact]
    public void A_message_reads_as_it_was_written()
    {
        var job = new SampleJob(Guid.CreateVersion7(), "Grüße 👋");
        var message = JobMessage.Of(new(job), _now) with
        {
            Attempt = 3,
            IsReplay = true,
            Errors = [new(1, _now, "a"), new(2, _now, "b")],
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };

        var read = Read(OnTheWire(JobMessageProperties.Of(message)), message.Body);

        read.Errors.ShouldBe(message.Errors);
        (read with { Errors = message.Errors }).ShouldBe(message);
        JobCodec.Of(job).Decode(read.Body.Span).ShouldBeOfType<SampleJob>().ShouldBe(job);
    }

    [Fact]
    public void A_first_message_carries_no_more_than_it_must() =>
        JobMessageProperties.Of(JobMessage.Of(new(new SampleJob(Guid.CreateVersion7(), "x")), _now)).Headers!.Keys
            .ShouldBe(["enqueued-at"]);

    [Theory]
    [InlineData(-60, -60)]
    [InlineData(3_600, 0)]
    public void It_says_when_it_was_published_and_never_later_than_now(int said, int expected) =>
        JobMessageProperties.PublishedAt(new BasicProperties { Timestamp = new(_now.ToUnixTimeSeconds() + said) }, _now)
            .ShouldBe(DateTimeOffset.FromUnixTimeSeconds(_now.ToUnixTimeSeconds() + expected));

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(long.MinValue)]
    public void A_message_of_another_kind_may_not_say_it(long? said) =>
        JobMessageProperties.PublishedAt(said is { } time ? new BasicProperties { Timestamp = new(time) } : new BasicProperties(), _now).ShouldBeNull();

    [Fact]
    public void An_idempotency_key_of_any_length_arrives_whole()
    {
        var job = new SampleJob(Guid.CreateVersion7(), new string('ü', 300));

        Read(OnTheWire(JobMessageProperties.Of(JobMessage.Of(new(job), _now))), default).IdempotencyKey.ShouldBe(job.IdempotencyKey);
    }

    [Fact]
    public void A_message_with_nothing_on_it_is_still_read()
    {
        var read = Read(new BasicProperties(), default);

        read.Id.ShouldNotBe(Guid.Empty);
        read.Tag.ShouldBe("");
        read.Attempt.ShouldBe(1);
        read.EnqueuedAt.ShouldBe(_now);
    }

    [Fact]
    public void Headers_that_are_nonsense_are_left_aside()
    {
        var read = Read(
            new BasicProperties
            {
                Type = "sample-job/99999999",
                MessageId = "not an id",
                Headers = new Dictionary<string, object?>
                {
                    ["enqueued-at"] = long.MaxValue,
                    ["attempt"] = -4,
                    ["errors"] = Encoding.UTF8.GetBytes("[{"),
                    ["traceparent"] = Encoding.UTF8.GetBytes("00-\0"),
                    ["replay"] = "yes",
                },
            },
            default);

        read.Type.ShouldBe("sample-job/99999999");
        read.EnqueuedAt.ShouldBe(_now);
        read.Attempt.ShouldBe(1);
        read.Errors.ShouldBeEmpty();
        read.TraceParent.ShouldBeNull();
        read.IsReplay.ShouldBeFalse();
    }

    private static JobMessage Read(BasicProperties properties, ReadOnlyMemory<byte> body) =>
        JobMessageProperties.Read(properties, _queue, body, _now);

    // strings in headers arrive as bytes
    private static BasicProperties OnTheWire(BasicProperties sent)
    {
        foreach (var (name, value) in sent.Headers!.ToArray())
            sent.Headers![name] = value is string text ? Encoding.UTF8.GetBytes(text) : value;
        return sent;
    }
}
