using System.Diagnostics;
using System.Text.Json;
using Switchboard.Core.Email;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Tests.Unit.Providers.Gmail;

/// <summary>Texts and headers as mail programs really write them, whatever they should have written.</summary>
public sealed class MailTextTests
{
    [Theory]
    [InlineData("=?utf-8?B?R3LDtg==w59lIHVuZCBMw6RuZ2U=?=", "Größe und Länge")]
    [InlineData("=?iso-8859-1?Q?wait=85_it=92s?=", "wait… it’s")]
    [InlineData("=?iso-8859-15?Q?wait=85?=", "wait…")]
    [InlineData("=?utf8mb4?Q?Gr=C3=BC=C3=9Fe?=", "Grüße")]
    [InlineData("=?utf8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße")]
    [InlineData("=?cp932?B?k/qWew==?=", "日本")]
    [InlineData("=?windows-31j?B?k/qWew==?=", "日本")]
    [InlineData("=?x-sjis?B?k/qWew==?=", "日本")]
    [InlineData("=?X-UNKNOWN?Q?caf=E9?=", "café")]
    [InlineData("=?X-UNKNOWN?Q?caf=C3=A9?=", "café")]
    [InlineData("=?unknown-8bit?Q?caf=E9?=", "café")]
    [InlineData("=?unknown-8bit?Q?caf=C3=A9?=", "café")]
    [InlineData("=?8859_1?Q?caf=E9?=", "café")]
    [InlineData("=?us-ascii?Q?caf=E9?=", "café")]
    [InlineData("=?us-ascii?Q?caf=C3=A9?=", "café")]
    [InlineData("=?utf-8?Q?caf=E9?=", "café")]
    [InlineData("=?iso-8859-1?Q?caf=C3=A9?=", "café")]
    [InlineData("=?no-such?Q?x?=", "x")]
    [InlineData("=?utf-8?b?8J+n?= =?utf-8?b?vg==?=", "🧾")]
    [InlineData("=?utf-8?B?8J+n?= =?UTF-8?q?=BE?=", "🧾")]
    [InlineData("=?utf-8?B?w7w?=", "ü")]
    [InlineData("=?utf-8?Q??=", "")]
    [InlineData("Re: =?utf-8?Q??= offer", "Re:  offer")]
    [InlineData("=?utf-8?B??= =?utf-8?Q?x?=", "x")]
    [InlineData("=?utf-8?Q?one two?=", "one two")]
    [InlineData("=?utf-8?Q?really??=", "really?")]
    [InlineData("=?utf-8*en?Q?language?=", "language")]
    [InlineData("=?utf-8?Q?cut_=C3=BC", "cut ü")]
    [InlineData("=?utf-8?Q?=3D=3Futf-8=3FQ=3Ftwice=3F=3D?=", "twice")]
    [InlineData("=?utf-8?Q?a=0D=0AB:_c=C2=85?=", "a  B: c…")]
    [InlineData("=?utf-8?Q?a=7Fb?= \u007Fc", "a b  c")]
    [InlineData("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本")]
    [InlineData("=?gb2312?B?t6LGsQ==?=", "发票")]
    [InlineData("=?gb2312?B?gTCBMQ==?=", "�")]
    [InlineData("=?gb2312?B?6EY=?=", "鐵")]
    [InlineData("=?ks_c_5601-1987?B?x9GxuQ==?=", "한국")]
    [InlineData("=?ks_c_5601-1987?B?jGM=?=", "똠")]
    [InlineData("=?Big5-HKSCS?B?pKSk5Q==?=", "中文")]
    [InlineData("=?koi8-r?B?8NLJ18XU?=", "Привет")]
    [InlineData("=?koi8-r?Q?=F0=D2?= =?koi8-r?B?ydfF1A==?=", "Привет")]
    [InlineData("=?cp1251?Q?=CF=F0=E8=E2=E5=F2?=", "Привет")]
    [InlineData("\"=?utf-8?Q?J=C3=B6?=\"", "\"Jö\"")]
    [InlineData("late\u0085 it\u0092s", "late… it’s")]
    [InlineData("a =?b?c?d =? e", "a =?b?c?d =? e")]
    public void A_subject_is_read_as_its_sender_meant_it(string subject, string read)
    {
        var text = Mail(("Subject", subject)).Subject;

        text.ShouldBe(read);
        text.ShouldNotContain(letter => char.IsControl(letter));
    }

    [Theory]
    [InlineData("text/plain; charset=utf8mb4", "R3LDvMOfZQ==", "Grüße")]
    [InlineData("text/plain; charset=us-ascii", "Y2Fm6Q==", "café")]
    [InlineData("text/plain; charset=\"iso-8859-1\"", "d2FpdIUgaXSScw==", "wait… it’s")]
    [InlineData("text/plain; charset=windows-31j", "k/qWew==", "日本")]
    [InlineData("text/plain; charset=unknown-8bit", "Y2Fm6Q==", "café")]
    [InlineData("text/plain; (comment) charset*=us-ascii'en'koi8-r", "8NLJ18XU", "Привет")]
    [InlineData("text/plain; charset=utf-8", "77u/SGVsbG8=", "Hello")]
    [InlineData("text/plain; charset=utf-8", "R3LDvMOfZSBhbiDD", "Grüße an �")]
    [InlineData("not a type at all", "Y2Fm6Q==", "café")]
    public void A_body_is_read_as_its_sender_meant_it(string contentType, string base64, string read) =>
        Read($$"""
            {"id":"1","payload":{"mimeType":"text/plain","headers":[{"name":"Content-Type","value":{{JsonSerializer.Serialize(contentType)}}}],
             "body":{"data":"{{base64}}"} }
            }
            """).Text.ShouldBe(read);

    [Theory]
    [InlineData("<html><head><title>T</title><meta charset=utf-8><body>Hello</body></html>", "Hello")]
    [InlineData("<head><style>p{}</style><p>Hello", "Hello")]
    [InlineData("a<!-- <!-- x --> b -->c", "a b -->c")]
    [InlineData("a<!--[if mso]>x<![endif]-->b<![if !mso]>c<![endif]>", "abc")]
    [InlineData("<STYLE type='a>b'>p > b {}</STYLE >yes<script>document.write('</p>')</script>", "yes")]
    [InlineData("<template><p>no</p></template>yes<noscript><b>no</b></noscript>", "yes")]
    [InlineData("&Ouml;l &#8364; &#x20AC; &hellip; &#133; &nosuch; &amp;lt;", "Öl € € … … &nosuch; &lt;")]
    [InlineData("<p>one<p>two<div>three<b>four", "one\ntwo\nthreefour")]
    [InlineData("text <a href=\"http://x.test/?a>b", "text")]
    [InlineData("x &lt;b", "x <b")]
    [InlineData("a\u0085b", "a\nb")]
    public void Html_gives_the_text_that_a_person_reads(string html, string read) => HtmlText.From(html).ShouldBe(read);

    [Theory]
    [InlineData("=?utf-8?Q?boss=40example=2Ecom?=", "\"boss@example.com\"", "")]
    [InlineData("=?utf-8?Q?boss@example.com?=", "\"boss@example.com\"", "")]
    [InlineData("\"=?utf-8?Q?boss=40example=2Ecom?=\"", null, "")]
    [InlineData("<=?utf-8?Q?boss=40example=2Ecom?=>", null, "")]
    [InlineData("=?utf-8?Q?boss?=@example.com", null, "")]
    [InlineData("boss@=?utf-8?Q?example.com?=", null, "")]
    [InlineData("=?utf-8?Q?boss=40example=2Ecom?= <evil@other.test>", "\"boss@example.com\" <evil@other.test>", "evil@other.test")]
    [InlineData("=?utf-8?Q?=22=3Cboss=40example.com=3E=2C?= <evil@other.test>", "\"\\\"<boss@example.com>,\" <evil@other.test>", "evil@other.test")]
    [InlineData("(=?utf-8?Q?a=29_=3Cboss=40example.com=3E?=) evil@other.test", null, "evil@other.test")]
    [InlineData("=?utf-8?Q?Acme_:-(?= <evil@other.test>", "\"Acme :-(\" <evil@other.test>", "evil@other.test")]
    [InlineData("Acme :-( =?utf-8?Q?=3Cboss=40example.com=3E?= <evil@other.test>", null, "evil@other.test")]
    [InlineData("=?iso-8859-1?Q?J=F6rg_=92n?= <j@acme.test>", "Jörg ’n <j@acme.test>", "j@acme.test")]
    [InlineData("\"=?utf-8?B?SsO2cmc=?=\" <j@acme.test>", "Jörg <j@acme.test>", "j@acme.test")]
    [InlineData("=?windows-31j?B?k/qWew==?= <j@acme.test>", "日本 <j@acme.test>", "j@acme.test")]
    [InlineData("Mail Delivery Subsystem", "Mail Delivery Subsystem", "mail delivery subsystem")]
    public void An_encoded_word_is_a_name_and_no_address(string header, string? shown, string sender)
    {
        var mail = Mail(("From", header));

        if (shown is not null)
            mail.From.ShouldBe(shown);
        SenderAddress.Parse(mail.From).Address.ShouldBe(sender);
    }

    [Theory]
    [InlineData("=?utf-8?Q?")]
    [InlineData("=?utf-8?Q? ")]
    [InlineData("=?a?Q?b?=")]
    [InlineData("=?a?B?b?= =?c?Q?=E9?= ")]
    [InlineData("=?")]
    [InlineData("<")]
    [InlineData("<>")]
    [InlineData("(")]
    [InlineData("\"")]
    [InlineData("a:")]
    [InlineData("a@b.test,")]
    [InlineData("a@ü.test,")]
    [InlineData("<a@b.test>")]
    [InlineData("（")]
    public void Headers_made_to_be_slow_are_not(string piece)
    {
        var header = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        var started = Stopwatch.GetTimestamp();

        var mail = Mail(("Subject", header), ("From", header), ("To", header));
        SenderAddress.Parse(mail.From);

        // what takes time by the square of its length takes minutes
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static InboundMail Mail(params (string Name, string Value)[] headers) => Read(JsonSerializer.Serialize(new
    {
        id = "1",
        payload = new { headers = headers.Select(header => new { name = header.Name, value = header.Value }) },
    }));

    private static InboundMail Read(string json) =>
        GmailMail.Read(JsonSerializer.Deserialize(json, GmailJson.Default.GmailMessage)!, new GmailScript().Mailbox().Account, DateTimeOffset.UnixEpoch);
}
