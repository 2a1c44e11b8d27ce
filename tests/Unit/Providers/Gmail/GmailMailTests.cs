using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Switchboard.Core.Email;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Tests.Unit.Providers.Gmail;

public sealed class GmailMailTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_mail_with_text_html_and_an_attachment_is_read_as_a_person_would()
    {
        var mail = Read($$$"""
            {"id":"18c0ffee","threadId":"18c0beef","labelIds":["INBOX","UNREAD"],"snippet":"Please pay &#39;now&#39;","historyId":"4711",
             "internalDate":"1772438400000","sizeEstimate":12345,
             "payload":{"partId":"","mimeType":"multipart/mixed","filename":"","headers":[
                 {"name":"From","value":"Acme Billing <billing@acme.test>"},{"name":"to","value":"Demo <demo@example.com>"},
                 {"name":"Subject","value":"Invoice 42"},{"name":"Message-ID","value":"<m42@acme.test>"},{"name":"X-Other","value":"x"}],
               "body":{"size":0},"parts":[
                 {"mimeType":"multipart/alternative","filename":"","headers":[],"body":{"size":0},"parts":[
                     {"mimeType":"text/plain","filename":"","headers":[{"name":"Content-Type","value":"text/plain; charset=\"UTF-8\""}],
                      "body":{"size":10,"data":"{{{Url("Please pay 42 € 🧾")}}}"}},
                     {"mimeType":"text/html","filename":"","headers":[],"body":{"size":10,"data":"{{{Url("<b>other</b>")}}}"}}]},
                 {"partId":"1","mimeType":"application/pdf","filename":"invoice.pdf","headers":[],"body":{"attachmentId":"ANGjdJ","size":2048}}]}}
            """);

        mail.MessageId.ShouldBe("18c0ffee");
        mail.ThreadId.ShouldBe("18c0beef");
        mail.From.ShouldBe("Acme Billing <billing@acme.test>");
        mail.To.ShouldBe("Demo <demo@example.com>");
        mail.Subject.ShouldBe("Invoice 42");
        mail.Text.ShouldBe("Please pay 42 € 🧾");
        mail.ReceivedAt.ShouldBe(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
        mail.Attachments.ShouldBe([new MailAttachment("invoice.pdf", "application/pdf", 2048)]);
        mail.Headers!.ShouldHaveSingleItem().ShouldBe(new("Message-ID", "<m42@acme.test>"));
    }

    [Fact]
    public void Without_plain_text_the_html_is_read() =>
        Read($$$"""{"id":"1","payload":{"mimeType":"text/html","body":{"data":"{{{Url("<p>Hello <b>Ann</b>,</p><p>2 &lt; 3</p>")}}}"} }}""")
            .Text.ShouldBe("Hello Ann,\n\n2 < 3");

    [Fact]
    public void Without_any_text_the_snippet_is_read() =>
        Read("""{"id":"1","snippet":"you &amp; me","payload":{"mimeType":"multipart/mixed","parts":[]}}""").Text.ShouldBe("you & me");

    [Fact]
    public void What_is_missing_is_empty_and_breaks_nothing()
    {
        var mail = Read("""{"id":"1"}""");

        (mail.From, mail.To, mail.Subject, mail.Text, mail.ReceivedAt).ShouldBe(("", "demo@example.com", "", "", Now));
        mail.Attachments.ShouldBeEmpty();
    }

    [Fact]
    public void Nulls_among_headers_and_parts_are_passed_over()
    {
        var message = $$$"""
            {"id":"1","labelIds":["INBOX"],"internalDate":"1772438400000","payload":{"mimeType":"multipart/mixed",
             "headers":[null,{"name":null,"value":"x"},{"name":"Subject"},{"name":"From","value":"ann@x.test"},{"name":"Subject","value":"late"}],
             "parts":[null,{"mimeType":null,"headers":null,"body":null},{"mimeType":"text/plain","headers":[null],"body":{"data":"{{{Url("Hello")}}}"}}]}}
            """;

        var mail = Read(message);
        (mail.From, mail.Subject, mail.Text.Trim()).ShouldBe(("ann@x.test", "", "Hello"));
        var envelope = GmailEnvelopes.Read(JsonSerializer.Deserialize(message, GmailJson.Default.GmailMessage)!, out _).ShouldNotBeNull();
        envelope.Headers.ShouldBe([KeyValuePair.Create("From", "ann@x.test"), KeyValuePair.Create("Subject", "late")]);
        envelope.Form.PartTypes.ShouldBe(["multipart/mixed", "", "text/plain"]);
    }

    [Fact]
    public void A_date_out_of_all_bounds_is_that_of_now() =>
        Read("""{"id":"1","internalDate":"999999999999999999"}""").ReceivedAt.ShouldBe(Now);

    [Fact]
    public void An_attached_mail_is_an_attachment_and_its_text_is_not_the_mails()
    {
        var mail = Read($$$"""
            {"id":"1","payload":{"mimeType":"multipart/mixed","parts":[
                {"mimeType":"text/plain","body":{"data":"{{{Url("see below")}}}"}},
                {"mimeType":"message/rfc822","filename":"","body":{"size":99},"parts":[
                    {"mimeType":"text/plain","body":{"data":"{{{Url("the forwarded text")}}}"}}]}]}}
            """);

        mail.Text.ShouldBe("see below");
        mail.Attachments.ShouldBe([new MailAttachment("message.eml", "message/rfc822", 99)]);
    }

    [Theory]
    [InlineData("inline; filename=logo.png", "<logo@acme>", 0)]
    [InlineData("attachment; filename=logo.png", "<logo@acme>", 1)]
    [InlineData("inline; filename=logo.png", null, 1)]
    public void A_picture_that_the_html_shows_is_no_attachment(string disposition, string? contentId, int attachments)
    {
        var id = contentId is null ? "" : $$$""",{"name":"Content-ID","value":"{{{contentId}}}"}""";
        Read($$$"""
            {"id":"1","payload":{"mimeType":"multipart/related","parts":[{"mimeType":"image/png","filename":"logo.png",
                "headers":[{"name":"Content-Disposition","value":"{{{disposition}}}"}{{{id}}}],"body":{"attachmentId":"A","size":5}}]}}
            """).Attachments!.Count.ShouldBe(attachments);
    }

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", "utf-8", "Grüße")]
    [InlineData("text/plain; charset=iso-8859-1", "iso-8859-1", "Grüße")]
    [InlineData("text/plain; format=flowed; charset=\"windows-1251\"", "windows-1251", "Счёт")]
    [InlineData("text/plain; charset=iso-2022-jp", "iso-2022-jp", "請求書")]
    [InlineData("text/plain; charset=iso-2022-jp", "utf-8", "請求書")]
    [InlineData("text/plain; charset=gb2312", "gb2312", "发票")]
    [InlineData("text/plain; charset=utf-16", "utf-16", "invoice")]
    [InlineData("text/plain", "utf-8", "👩‍👩‍👧")]
    [InlineData("text/plain", "windows-1252", "“quoted”")]
    [InlineData("text/plain; charset=no-such-charset", "windows-1252", "Grüße")]
    public void A_text_is_read_in_the_charset_that_it_is_in(string contentType, string actually, string text)
    {
        var data = Base64Url.EncodeToString((CodePagesEncodingProvider.Instance.GetEncoding(actually) ?? Encoding.GetEncoding(actually)).GetBytes(text));
        Read($$$"""
            {"id":"1","payload":{"mimeType":"text/plain","headers":[{"name":"Content-Type","value":{{{JsonSerializer.Serialize(contentType)}}}}],
             "body":{"data":"{{{data}}}"} }}
            """).Text.ShouldBe(text);
    }

    [Theory]
    [InlineData("UGxlYXNlIHBheQ", "Please pay")]
    [InlineData("UGxlYXNlIHBheQ==", "Please pay")]
    [InlineData("4oKs_fake*", "")]
    public void Base64url_is_read_with_and_without_padding_and_nonsense_is_no_text(string data, string text) =>
        Read($$$"""{"id":"1","payload":{"mimeType":"text/plain","body":{"data":"{{{data}}}"} }}""").Text.ShouldBe(text);

    [Theory]
    [InlineData("=?UTF-8?B?SW52b2ljZSDigqw=?=", "Invoice €")]
    [InlineData("=?iso-8859-1?Q?Gr=FC=DFe_an_alle?=", "Grüße an alle")]
    [InlineData("=?utf-8?q?one?= =?utf-8?q?_two?= three", "one two three")]
    [InlineData("=?utf-8?B?8J+n?= =?utf-8?B?vg==?=", "🧾")]
    [InlineData("=?no-such?Q?x?=", "x")]
    [InlineData("=?utf-8?B?!!!?=", "")]
    [InlineData("plain =? text", "plain =? text")]
    public void Encoded_words_are_read(string subject, string read) => EncodedWords.Decode(subject).ShouldBe(read);

    [Fact]
    public void An_encoded_display_name_cannot_pose_as_the_address()
    {
        var name = Convert.ToBase64String(Encoding.UTF8.GetBytes("\"<boss@example.com>, "));

        var from = EncodedWords.DecodeAddresses($"=?utf-8?B?{name}?= <evil@other.test>");

        SenderAddress.Parse(from).Address.ShouldBe("evil@other.test");
    }

    [Fact]
    public void A_mail_nested_deeper_than_anybody_would_is_read()
    {
        var json = new StringBuilder("""{"id":"1","payload":""");
        for (var i = 0; i < 100; i++)
            json.Append("""{"mimeType":"multipart/mixed","parts":[""");
        json.Append($$$"""{"mimeType":"text/plain","body":{"data":"{{{Url("deep")}}}"}}""");
        for (var i = 0; i < 100; i++)
            json.Append("]}");

        Read(json.Append('}').ToString()).Text.ShouldBe("deep");
    }

    private static InboundMail Read(string json) =>
        GmailMail.Read(JsonSerializer.Deserialize(json, GmailJson.Default.GmailMessage)!, new GmailScript().Mailbox().Account, Now);

    private static string Url(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
