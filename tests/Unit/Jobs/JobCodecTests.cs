using System.Text;
using System.Text.Json;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class JobCodecTests
{
    public static TheoryData<byte[]> BadBodies => new()
    {
        Array.Empty<byte>(),
        "\0\0\0\0"u8.ToArray(),
        new byte[] { 0xff, 0xfe, 0x00 },
        "null"u8.ToArray(),
        "[]"u8.ToArray(),
        "{}"u8.ToArray(),
        """{"id":"0193523e-0000-7000-8000-000000000000","text":null}"""u8.ToArray(),
        """{"id":"nobody","text":"x"}"""u8.ToArray(),
        (byte[])[.. """{"id":"0193523e-0000-7000-8000-000000000000","text":"x"""u8, 0xff, .. "\"}"u8],
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public void A_body_that_is_not_the_record_is_refused(byte[] body) =>
        Should.Throw<Exception>(() => JobCodec.Of(typeof(SampleJob)).Decode(body)).ShouldBeAssignableTo<JsonException>();

    [Fact]
    public void What_a_record_computes_of_itself_is_not_written()
    {
        var job = new SampleJob(Guid.CreateVersion7(), "x");

        Encoding.UTF8.GetString(JobCodec.Of(job).Encode(job)).ShouldBe($$"""{"id":"{{job.Id}}","text":"x","priority":null}""");
    }

    [Fact]
    public void A_member_that_an_older_process_does_not_know_is_skipped() =>
        JobCodec.Of(typeof(SampleJob)).Decode("""{"id":"0193523e-0000-7000-8000-000000000000","text":"x","colour":"red"}"""u8)
            .ShouldBeOfType<SampleJob>().Text.ShouldBe("x");

    [Fact]
    public void A_mail_survives_the_journey()
    {
        var mail = new InboundMail(
            "m-1", "a@example.test", "b@example.test", "Subject \0 with a NUL", "Text 👋", new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero), "t-1",
            new Dictionary<string, string> { ["X-Kind"] = "test" }, [new("a.pdf", "application/pdf", 3)]);
        var job = new ProcessEmail(Guid.CreateVersion7(), Guid.CreateVersion7(), mail, mail.ReceivedAt);

        var read = JobCodec.Of(job).Decode(JobCodec.Of(job).Encode(job)).ShouldBeOfType<ProcessEmail>();

        read.Mail.Headers!["X-Kind"].ShouldBe("test");
        read.Mail.Attachments.ShouldBe(mail.Attachments);
        (read.Mail with { Headers = mail.Headers, Attachments = mail.Attachments }).ShouldBe(mail);
    }
}
