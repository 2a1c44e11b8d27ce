using System.Text;
using System.Text.Json;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class JobEnvelopeTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly JobQueue _queue = JobQueue.Of(JobWorker.Ingest, JobPriority.Normal);

    [Fact]
    public void Jobs_read_as_they_were_written()
    {
        var plain = Message("Grüße 👋 \"quoted\"");
        var again = Message("b") with
        {
            Attempt = 3,
            IsReplay = true,
            Errors = [new(1, _now, "a"), new(2, _now, "\\b")],
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };

        var read = JobEnvelope.Read(JobEnvelope.Write([plain, again]), _queue);

        read.Count.ShouldBe(2);
        foreach (var (one, written) in read.Zip([plain, again]))
        {
            one.Errors.ShouldBe(written.Errors);
            one.Body.ToArray().ShouldBe(written.Body.ToArray());
            (one with { Errors = written.Errors, Body = written.Body }).ShouldBe(written);
        }
    }

    [Fact]
    public void The_record_is_carried_to_the_letter_however_deep_it_is()
    {
        var body = Encoding.UTF8.GetBytes($$"""{ "a" : {{new string('[', 200)}}1.0e5{{new string(']', 200)}}, "b": "\ud83d" }""");

        var read = JobEnvelope.Read(JobEnvelope.Write([Message("x") with { Body = body }, Message("y")]), _queue);

        read[0].Body.ToArray().ShouldBe(body);
    }

    [Fact]
    public void A_field_of_a_later_version_is_passed_over() =>
        JobEnvelope.Read(
            """[{"type":"sample-job/1","id":"0193c1f4-0000-7000-8000-000000000001","key":"k","at":1,"later":{"x":[1]},"job":{}}]"""u8.ToArray(), _queue)
            .ShouldHaveSingleItem().IdempotencyKey.ShouldBe("k");

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"type":"sample-job/1","job":{}}]""")]
    [InlineData("""[{"type":"sample-job/1","id":"0193c1f4-0000-7000-8000-000000000001","key":"k","at":1}]""")]
    [InlineData("""[{"type":1,"id":"0193c1f4-0000-7000-8000-000000000001","job":{}}]""")]
    [InlineData("""[{"type":"a/1","id":"0193c1f4-0000-7000-8000-000000000001","job":{}}""")]
    public void What_is_no_list_of_jobs_is_refused(string body) => Should.Throw<Exception>(
        () => JobEnvelope.Read(Encoding.UTF8.GetBytes(body), _queue)).ShouldSatisfyAllConditions(
            reason => (reason is JsonException or InvalidOperationException or FormatException).ShouldBeTrue($"{reason}"));

    private static JobMessage Message(string text) => JobMessage.Of(new(new SampleJob(Guid.CreateVersion7(), text)), _now);
}
