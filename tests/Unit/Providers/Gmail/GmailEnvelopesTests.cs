using Switchboard.Core.Email;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Tests.Unit.Providers.Gmail;

public sealed class GmailEnvelopesTests
{
    [Theory]
    [InlineData("ann@x.test", "ann@x.test")]
    [InlineData("\"Doe, J\" <J@x.test>, ben@y.test", "j@x.test ben@y.test")]
    [InlineData("ann@x.test (at home, mostly), Ben <ben@y.test>", "ann@x.test ben@y.test")]
    [InlineData("Team: ann@x.test, ben@y.test;", "ann@x.test ben@y.test")]
    [InlineData("undisclosed-recipients:;", "")]
    [InlineData("\"unclosed, <ann@x.test>", "ann@x.test")]
    [InlineData("ann@x.test; ben@y.test", "ann@x.test ben@y.test")]
    [InlineData("ann@x.test, garbage <, Ben <ben@y.test>", "ann@x.test ben@y.test")]
    [InlineData("=?utf-8?Q?ann=40x.test?= <ben@y.test>, =?utf-8?Q?cid=40x.test?=", "ben@y.test")]
    [InlineData(null, "")]
    public void A_list_of_addresses_is_read_as_people_write_it(string? header, string addresses) =>
        string.Join(' ', MailAddress.ReadAll(header)).ShouldBe(addresses);

    [Fact]
    public void A_sent_mail_has_all_whom_it_went_to()
    {
        var seen = GmailEnvelopes.Read(
            Message(["SENT"], ("Message-ID", "<a@x.test>"), ("From", "Ann <ann@x.test>"), ("To", "ben@y.test"), ("Cc", "cid@y.test"), ("Bcc", "d@y.test")),
            out _);

        seen.ShouldNotBeNull();
        (seen.IsSent, seen.From, string.Join(' ', seen.Recipients)).ShouldBe((true, "ann@x.test", "ben@y.test cid@y.test d@y.test"));
        seen.At.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
    }

    [Fact]
    public void A_mail_that_came_in_keeps_its_headers_and_a_draft_is_none()
    {
        var seen = GmailEnvelopes.Read(
            Message(["INBOX"], ("Message-ID", "<b@y.test>"), ("From", "ben@y.test"), ("In-Reply-To", "<a@x.test>")), out _);

        seen!.IsSent.ShouldBeFalse();
        seen.Headers.ShouldContain(KeyValuePair.Create("In-Reply-To", "<a@x.test>"));
        GmailEnvelopes.IsMail(Message(["DRAFT"])).ShouldBeFalse();
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        GmailEnvelopes.Read(Message(["SENT"], ("Message-ID", "<a@x.test>"), ("From", "ann@x.test")), out var problem).ShouldBeNull();
        problem.ShouldBe("It has no recipients.");
    }

    [Fact]
    public void A_mail_without_a_message_id_is_kept_and_what_it_is_made_of_is_known()
    {
        var message = Message(["INBOX"], ("From", "ben@y.test"), ("Content-Type", "multipart/mixed")) with { Snippet = "you &amp; me" };
        var seen = GmailEnvelopes.Read(
            message with
            {
                Payload = message.Payload! with
                {
                    Parts =
                    [
                        new(MimeType: "multipart/alternative", Parts: [new(MimeType: "text/plain"), Part("text/calendar; method=REPLY")]),
                        Part("text/calendar; method=REQUEST", ("Content-Disposition", "attachment; filename=invite.ics")),
                    ],
                },
            },
            out var problem);

        problem.ShouldBeNull();
        seen.ShouldNotBeNull().InternetMessageId.ShouldBe("");
        seen.Form.PartTypes.ShouldBe(["multipart/mixed", "multipart/alternative", "text/plain", "text/calendar; method=REPLY"]);
        seen.Form.Preview.ShouldBe("you & me");

        static GmailPart Part(string type, params (string Name, string Value)[] more) =>
            new(Headers: [new("Content-Type", type), .. more.Select(header => new GmailHeader(header.Name, header.Value))]);
    }

    private static GmailMessage Message(string[] labels, params (string Name, string Value)[] headers) => new(
        "id", "thread", labels, InternalDate: 1_700_000_000_000,
        Payload: new(Headers: [.. headers.Select(header => new GmailHeader(header.Name, header.Value))]));
}
