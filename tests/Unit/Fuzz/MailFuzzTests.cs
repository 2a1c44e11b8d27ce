using System.Text.Json;
using FsCheck.Fluent;
using Switchboard.Core.Email;
using Switchboard.Core.Postgres;
using Switchboard.Tests.Fixtures.Fuzz;
using Switchboard.Tests.Unit.Rules;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Unit.Fuzz;

/// <summary>Whatever comes as mail is read or left, never thrown at: what is made of it can be stored, is bounded and has no controls.</summary>
public sealed class MailFuzzTests
{
    private const int Each = 600;

    private static readonly MailAccount Account =
        new(Guid.Empty, Guid.Empty, MailProviders.Gmail, "me@example.com", IsActive: true, null, null, Some.Monday);

    private static readonly string[] Subjects =
    [
        "Re: [EXTERNAL] Invoice 42", "=?utf-8?B?R3LDtg==w59lIHVuZCBMw6RuZ2U=?=", "=?iso-8859-1?Q?wait=85_it=92s?= =?utf-8?Q?=F0=9F?= =?utf-8?Q?=91=8B?=",
        "Automatische Antwort: Urlaub", "Accepted: Lunch", "Undelivered Mail Returned to Sender", "RE[2]: AW: Fwd: x",
    ];

    private static readonly string[] Addresses =
    [
        "\"Doe, J. <x@y.test>\" <a@b.test>, ben@y.test", "team: boss@example.com, b@c.test;", "=?utf-8?Q?boss=40example=2Ecom?= <x@y.test>",
        "Jörg （Ärzte） <j@bücher.example>", "a@xn--bcher-kva.example (comment (nested))", "<@relay.test:jane@a.test>", "'a@b.test' <mailto:a@b.test>",
        "jane@a.test>", "boss@example.com.", "undisclosed-recipients:;", "\"unclosed, <ann@x.test>", "x <a@b.test> <c@d.test>", "a@[127.0.0.1]",
    ];

    private static readonly string[] Reports =
    [
        """
        From: MAILER-DAEMON@mx.test
        To: me@example.com
        Subject: Undelivered
        Auto-Submitted: auto-replied
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain; charset=utf-8

        Sorry.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.test
        X-Original-Message-ID: <1@example.com>

        Original-Recipient: rfc822;ann@x.test
        Final-Recipient: utf-8; j\x{F6}rg@x.test
        Action: failed
        Status: 5.1.1

        Final-Recipient: rfc822; ben@y.test
        Action: delayed (again)
        Status: 4.4.1
        --b
        Content-Type: message/global-headers

        Message-ID: <1@example.com>
        Subject: =?utf-8?B?R3LDvMOfZQ==?=
        --b--
        """,
        """
        From: MAILER-DAEMON@qmail.test
        Subject: failure notice

        Hi. This is the qmail-send program at qmail.test.
        I'm afraid I wasn't able to deliver your message to the following addresses.

        <ann@x.test>:
        192.0.2.1 does not like recipient.

        --- Below this line is a copy of the message.

        Message-ID: <2@example.com>
        Subject: Hello
        """,
        """
        From: postmaster@exchange.test
        Subject: Undeliverable: Hello
        Content-Type: multipart/mixed; boundary=a

        --a

        Diagnostic information for administrators:

        Generating server: mail.test
        ann@x.test
        Remote Server returned '550 5.1.1'

        Original message headers:
        Message-ID: <3@example.com>
        --a
        Content-Type: message/rfc822

        Message-ID: <3@example.com>
        Subject: Hello

        x
        --a--
        """,
    ];

    private static readonly string Gmail = JsonSerializer.Serialize(new
    {
        id = "m1",
        threadId = "t1",
        labelIds = new[] { "INBOX" },
        snippet = "Hello &amp; bye",
        internalDate = "1700000000000",
        payload = new
        {
            mimeType = "multipart/mixed",
            filename = "",
            headers = new[]
            {
                new { name = "From", value = Addresses[0] }, new { name = "To", value = Addresses[1] }, new { name = "Subject", value = Subjects[1] },
                new { name = "Message-ID", value = "<1@a.test>" }, new { name = "In-Reply-To", value = "<0@a.test> <9@a.test>" },
                new { name = "Content-Type", value = "multipart/mixed; boundary=b" }, new { name = "Auto-Submitted", value = "no" },
            },
            parts = new object[]
            {
                new { mimeType = "text/plain", headers = new[] { new { name = "Content-Type", value = "text/plain; charset=\"utf8mb4\"" } }, body = new { size = 5, data = "SGVsbG8" } },
                new { mimeType = "text/html", body = new { size = 9, data = "PGI-SGk8L2I-" } },
                new { mimeType = "application/pdf", filename = "=?utf-8?Q?r=C3=A4.pdf?=", body = new { size = 42, attachmentId = "a" } },
            },
        },
    });

    private static readonly string Graph = JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["id"] = "AAMk",
        ["internetMessageId"] = "<1@a.test>",
        ["conversationId"] = "c",
        ["parentFolderId"] = "inbox",
        ["subject"] = Subjects[0],
        ["from"] = new { emailAddress = new { address = "ann@x.test", name = "Ann, (x)" } },
        ["toRecipients"] = new[] { new { emailAddress = new { address = "me@example.com", name = "Me" } } },
        ["sentDateTime"] = "2026-11-24T06:00:00Z",
        ["receivedDateTime"] = "2026-11-24T06:00:01Z",
        ["categories"] = new[] { "Red" },
        ["isDraft"] = false,
        ["hasAttachments"] = true,
        ["body"] = new { contentType = "html", content = "<p>Hello</p><blockquote type=\"cite\">old</blockquote>" },
        ["bodyPreview"] = "Hello",
        ["internetMessageHeaders"] = new[] { new { name = "References", value = "<0@a.test> <9@a.test>" }, new { name = "Auto-Submitted", value = "no" } },
        ["@odata.type"] = "#microsoft.graph.eventMessageResponse",
    });

    [Fact]
    public Task A_delivery_report_says_who_or_nothing() => FuzzRun.CheckAsync(
        Odd.BytesNear(Reports), 2 * Each, nameof(DeliveryReports), async mime =>
        {
            if (await DeliveryReports.ReadAsync(mime, CancellationToken.None) is not { } report)
                return;
            report.Recipients.Count.ShouldBeLessThanOrEqualTo(1_000);
            report.MessageIds.Count.ShouldBeLessThanOrEqualTo(1_000);
            var mail = new MailEnvelope(
                "p", "", null, IsSent: false, "mailer-daemon@x.test", ["me@example.com"], "Undelivered", Some.Monday, [], [], default, report);
            Stored(mail);
        });

    [Fact]
    public void A_message_of_gmail_becomes_mail() => FuzzRun.Check(OddJson.Near(Gmail), 2 * Each, nameof(GmailMail), json =>
    {
        if (Read(() => JsonSerializer.Deserialize(json, GmailJson.Default.GmailMessage)) is not { Id: not null } message)
            return;
        var mail = GmailMail.Read(message, Account, Some.Monday);
        Readable(mail.Subject);
        _ = Some.Match(Some.Rule(Some.Senders(wildcards: ["*@*"]), Some.Content(anyOf: ["hello"])), Core.Rules.ReceivedMessage.Mail(mail));
        if (GmailEnvelopes.Read(message, out _) is { } envelope)
            Stored(envelope);
    });

    [Fact]
    public void A_message_of_graph_becomes_mail() => FuzzRun.Check(OddJson.Near(Graph), 2 * Each, nameof(GraphMails), json =>
    {
        if (Read(() => JsonSerializer.Deserialize($"{{\"value\":[{json}]}}", GraphJson.Default.GraphContent)) is not { Value: { } page })
            return;
        var (mails, failed) = (new List<MailEnvelope>(), new List<FailedMail>());
        GraphMails.Read(page, message => message.ParentFolderId == "sent", mails, failed);
        foreach (var mail in mails)
        {
            Readable(mail.Subject);
            Stored(mail);
        }

        foreach (var message in page.Where(one => one.Message?.ReceivedDateTime is not null))
            _ = Some.Match(Some.Rule(Some.Senders(domains: ["x.test"])), GraphMails.ForRules(message.Message!, message.Message, "me@example.com"));
    });

    [Fact]
    public void A_header_is_one_line_without_encoded_words() => FuzzRun.Check(Odd.Near(Subjects), Each, nameof(EncodedWords), header =>
    {
        var text = EncodedWords.Decode(header);

        Readable(text);
        text.ShouldBe(EncodedWords.Decode(header));
        text.Length.ShouldBeLessThanOrEqualTo(65_536);
        SubjectKey.Of(text).Text.ShouldBe(SubjectKey.Of(text).Text);
    });

    [Fact]
    public void Addresses_are_read_alike_before_and_after_a_header_is_decoded() => FuzzRun.Check(Odd.Near(Addresses), 2 * Each, nameof(MailAddress), header =>
    {
        var addresses = MailAddress.ReadAll(header);

        addresses.Count.ShouldBeLessThanOrEqualTo(MailAddress.MostAddresses);
        addresses.ShouldAllBe(address => address.Contains('@') && address.Length < 2_000 && !address.Contains("=?"));
        addresses.Select(MailAddress.Canonical).ShouldBe(addresses, "what is canonical stays as it is");
        var decoded = EncodedWords.DecodeAddresses(header);
        MailAddress.ReadAll(decoded).Except(addresses).ShouldBeEmpty("no address is made of a name");
    });

    [Fact]
    public void Bytes_of_any_charset_are_text_without_controls()
    {
        var charset = Odd.Near("utf-8", "utf8mb4", "windows-1252", "iso-8859-15", "cp932", "gb2312", "iso-2022-jp", "utf-16", "utf-7", "x-unknown", "8859_1", "hz-gb-2312");
        FuzzRun.Check(
            Odd.BytesNear("Grüße, 株式会社", "\u001B$B%F%9%H\u001B(B", "~{VPND~}", "wait\u0085 it\u0092s").Zip(charset, (bytes, name) => (bytes, name)),
            Each, nameof(MimeText), one =>
            {
                var text = MimeText.Decode(one.bytes, MimeText.CharsetOf($"text/plain; charset={one.name}") ?? one.name);
                text.Length.ShouldBeLessThanOrEqualTo(2 * one.bytes.Length + 1);
                text.Any(letter => letter is >= '\u0080' and <= '\u009F').ShouldBeFalse();
            });
    }

    [Fact]
    public void Html_of_any_kind_is_text() => FuzzRun.Check(
        Odd.Near(
            "<html><head><title>T</title><meta charset=utf-8><body>Hello</body></html>",
            "<div class=\"gmail_quote\"><blockquote type=\"cite\"><p>old &lt;x&gt;</p></blockquote></div><table><tr><td>a<td>b</table><!-- c --><script>1<2</script>"),
        Each, nameof(HtmlText), html =>
        {
            var text = HtmlText.From(html);
            text.Any(letter => letter is >= '\u0080' and <= '\u009F').ShouldBeFalse();
            // each line may be marked as quoted
            text.Length.ShouldBeLessThanOrEqualTo(4 * html.Length + 100);
        });

    // what came is decoded, and on one line
    private static void Readable(params string[] texts) =>
        texts.ShouldAllBe(text => !text.Any(char.IsControl));

    // rows that Postgres takes, of which each has an index entry that it takes too
    private static void Stored(MailEnvelope mail)
    {
        foreach (var seen in (MailEnvelope[])[mail, mail with { IsSent = true }])
        {
            var preparation = new MailPreparation(new(Guid.Empty, Guid.Empty, "me@example.com", TrackingPolicy.All, null), requested: true, Some.Monday);
            if (preparation.Prepare(seen, out _) is not { } row)
                continue;
            string[] texts = row.Sent is { } sent
                ? [sent.ProviderId, sent.InternetMessageId, sent.Subject, .. sent.Recipients, .. sent.Categories]
                : [row.Received!.ProviderId, row.Received.InternetMessageId, row.Received.Subject, row.Received.Mail.Sender, .. row.Received.Mail.Reported];
            texts.ShouldAllBe(text => StorableText.IsStorable(text) && text.Length <= 2_000);
        }
    }

    private static T? Read<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (JsonException)
        {
            // what a provider is answered that sends no JSON of its kind
            return null;
        }
    }
}
