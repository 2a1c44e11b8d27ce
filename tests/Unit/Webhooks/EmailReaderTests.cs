using System.Buffers;
using System.Text;
using System.Text.Json;
using Switchboard.Edge.Api.Webhooks.Email;

namespace Switchboard.Tests.Unit.Webhooks;

public sealed class EmailReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_mail_is_read_with_all_that_it_says()
    {
        var (mails, mistakes) = Read(
            """
            {"messageId": "1", "from": "Acme <billing@acme.test>", "to": "me@example.com", "subject": "Invoice", "text": "Please pay",
             "receivedAt": "2026-11-22T07:00:00+02:00", "threadId": "t", "headers": {"X-Mailer": "x"},
             "attachments": [{"name": "a.pdf", "contentType": "application/pdf", "size": 7}], "something": "else"}
            """);

        mistakes.ShouldBeEmpty();
        var mail = mails.ShouldHaveSingleItem().ToMail(Now);
        mail.ReceivedAt.ShouldBe(new(2026, 11, 22, 5, 0, 0, TimeSpan.Zero));
        mail.Headers!["X-Mailer"].ShouldBe("x");
        mail.Attachments.ShouldHaveSingleItem().Size.ShouldBe(7);
    }

    [Fact]
    public void What_is_left_out_is_empty_and_a_mail_without_a_time_came_now()
    {
        var mail = Read("""{"messageId": "1", "from": "a@b.test", "to": "c@d.test"}""").Mails.ShouldHaveSingleItem().ToMail(Now);

        mail.ReceivedAt.ShouldBe(Now);
        mail.Subject.ShouldBeEmpty();
        mail.Text.ShouldBeEmpty();
    }

    [Fact]
    public void In_an_array_each_mistake_says_of_which_mail_it_is() =>
        Names(Read(
            """
             [{"messageId": "1", "from": "a@b.test", "to": "c@d.test"}, null,
              {"messageId": "", "from": "nobody", "text": "a\u0000b", "attachments": [{"name": "x"}, {"size": -1}]}]
            """)).ShouldBe(
            ["[1]", "[2].messageId", "[2].from", "[2].to", "[2].text", "[2].attachments[1].name", "[2].attachments[1].size"],
            ignoreOrder: true);

    [Fact]
    public void Every_value_of_the_wrong_type_is_named() =>
        Names(Read("""[{"messageId": 1, "from": ["a"]}, {"to": {}, "receivedAt": "soon"}]""")).ShouldBe(
            ["[0].messageId", "[0].from", "[1].to", "[1].receivedAt"], ignoreOrder: true);

    [Theory]
    [InlineData("")]
    [InlineData("{\"messageId\":")]
    [InlineData("{\"messageId\": \"1\"} and more")]
    [InlineData("{\"subject\": \"\\ud800\"}")]
    public void What_is_not_json_is_a_mistake_of_the_whole(string body)
    {
        var (mails, mistakes) = Read(body);

        mails.ShouldBeEmpty();
        mistakes.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void An_array_has_one_to_five_hundred_mails(int count, bool isValid)
    {
        var mails = Enumerable.Range(0, count).Select(number => new { messageId = $"{number}", from = "a@b.test", to = "c@d.test" });

        Read(JsonSerializer.Serialize(mails)).Mistakes.Count.ShouldBe(isValid ? 0 : 1);
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void A_message_id_has_at_most_512_characters(int length, bool isValid) =>
        Names(Read(JsonSerializer.Serialize(new { messageId = new string('x', length), from = "a@b.test", to = "c@d.test" })))
            .ShouldBe(isValid ? [] : ["messageId"]);

    [Fact]
    public void A_body_in_pieces_is_read_as_one()
    {
        var bytes = Encoding.UTF8.GetBytes("""  [{"messageId": "1", "from": "a@b.test", "to": "c@d.test", "subject": "请付款"}]""");
        var first = new Piece(bytes.AsMemory(0, 1));
        var last = bytes.Skip(1).Aggregate(first, (piece, next) => piece.Append(new[] { next }));

        EmailReader.Parse(new(first, 0, last, last.Memory.Length)).Mails.ShouldHaveSingleItem().Subject.ShouldBe("请付款");
    }

    private static (IReadOnlyList<EmailRequest> Mails, IReadOnlyList<Switchboard.Edge.Api.Platform.FieldError> Mistakes) Read(string body) =>
        EmailReader.Parse(new(Encoding.UTF8.GetBytes(body)));

    private static IEnumerable<string> Names(
        (IReadOnlyList<EmailRequest> Mails, IReadOnlyList<Switchboard.Edge.Api.Platform.FieldError> Mistakes) read) =>
        read.Mistakes.Select(mistake => mistake.Name);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> bytes) => Memory = bytes;

        public Piece Append(ReadOnlyMemory<byte> bytes)
        {
            var next = new Piece(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
