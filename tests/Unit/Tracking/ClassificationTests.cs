using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Unit.Tracking;

/// <summary>Headers as mail programs and servers write them.</summary>
public sealed class ClassificationTests
{
    [Theory]
    [InlineData("Re: Offer", "Auto-Submitted: no")]
    [InlineData("Re: Offer", "Auto-Submitted: no (a person)")]
    [InlineData("Re: Offer", "Content-Type: multipart/alternative; boundary=x", "MIME-Version: 1.0")]
    [InlineData("Re: Offer", "Precedence: list", "List-Id: <team.contoso.test>")]
    [InlineData("Re: Offer", "Precedence: bulk", "List-Id: <team.contoso.test>")]
    [InlineData("Re: Offer", "X-Auto-Response-Suppress: DR, OOF, AutoReply")]
    [InlineData("Re: Offer", "Return-Path: <ann@contoso.test>")]
    [InlineData("RE: Automatic reply: Offer")]
    [InlineData("AW: Unzustellbar: Angebot")]
    [InlineData("Out of stock")]
    [InlineData("Reading list: the offer")]
    [InlineData("")]
    public void What_a_person_wrote_is_a_reply(string subject, params string[] headers) =>
        KindOf(subject, headers).ShouldBe(MailKind.Reply);

    [Theory]
    // Exchange and Outlook
    [InlineData("Automatic reply: Offer", "X-Auto-Response-Suppress: All", "Auto-Submitted: auto-generated")]
    [InlineData("Offer", "x-auto-response-suppress: all")]
    // vacation programs
    [InlineData("Re: Offer", "Auto-Submitted: auto-replied (vacation)", "Precedence: bulk")]
    [InlineData("Re: Offer", "auto-submitted: Auto-Replied; owner-email=\"ann@contoso.test\"")]
    [InlineData("Re: Offer", "Precedence: junk")]
    [InlineData("Re: Offer", "Precedence: auto_reply")]
    [InlineData("Re: Offer", "X-Autoreply: yes")]
    [InlineData("Re: Offer", "X-Autorespond: Offer")]
    [InlineData("Re: Offer", "Return-Path: <>")]
    // a ticket system
    [InlineData("[#42] We have received your mail", "Auto-Submitted: auto-generated")]
    // a receipt
    [InlineData("Read: Offer", "Content-Type: multipart/report; report-type=disposition-notification; boundary=x")]
    // a delivery that is late, or has succeeded
    [InlineData("Delivery Status Notification (Delay)", "Content-Type: multipart/report; report-type=delivery-status", "Return-Path: <>")]
    [InlineData("Delivery delayed:Offer", "Content-Type: multipart/report; report-type=delivery-status")]
    [InlineData("Relayed: Offer", "Content-Type: multipart/report; report-type=\"delivery-status\"")]
    [InlineData("Warning: message 1abc delayed 24 hours", "Auto-Submitted: auto-replied")]
    // by subject alone
    [InlineData("Automatic reply: Offer")]
    [InlineData("Automatische Antwort: Angebot")]
    [InlineData("  ABWESENHEITSNOTIZ: Angebot")]
    [InlineData("Réponse automatique\u00a0: Offre")]
    [InlineData("Respuesta automática: Oferta")]
    [InlineData("自动回复：报价")]
    [InlineData("Out of office")]
    public void What_a_program_wrote_is_an_automatic_reply(string subject, params string[] headers) =>
        KindOf(subject, headers).ShouldBe(MailKind.AutoReply);

    [Theory]
    [InlineData("Undeliverable: Offer", "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b1\"", "Auto-Submitted: auto-replied")]
    [InlineData("Offer", "Content-Type: MULTIPART/REPORT; boundary=b; Report-Type=Delivery-Status")]
    [InlineData("Mail delivery failed: returning message to sender", "X-Failed-Recipients: ann@contoso.test", "Auto-Submitted: auto-replied")]
    [InlineData("Offer", "X-MS-Exchange-Message-Is-Ndr: ")]
    [InlineData("Undelivered Mail Returned to Sender")]
    [InlineData("Delivery Status Notification (Failure)")]
    [InlineData("Unzustellbar: Angebot")]
    [InlineData("未送达: 报价")]
    public void What_could_not_be_delivered_is_a_bounce(string subject, params string[] headers) =>
        KindOf(subject, headers).ShouldBe(MailKind.Bounce);

    [Theory]
    [InlineData("postmaster@contoso.test", MailKind.Bounce)]
    [InlineData("MAILER-DAEMON@mx.contoso.test", MailKind.Bounce)]
    [InlineData("Mailer-Daemon", MailKind.Bounce)]
    [InlineData("postmaster.ann@contoso.test", MailKind.Reply)]
    [InlineData("ann@postmaster.test", MailKind.Reply)]
    public void Servers_write_of_deliveries_only(string from, string kind) =>
        MailClassification.KindOf(Some("Hello", []) with { From = from }).ShouldBe(kind);

    [Fact]
    public void What_the_owner_sent_is_sent_whatever_it_says() =>
        MailClassification.KindOf(Some("Automatic reply: Offer", ["Auto-Submitted: auto-replied"]) with { IsSent = true }).ShouldBe(MailKind.Sent);

    private static string KindOf(string subject, string[] headers) => MailClassification.KindOf(Some(subject, headers));

    private static MailEnvelope Some(string subject, string[] headers) => new(
        "1", "<1@contoso.test>", null, IsSent: false, "ann@contoso.test", [], subject, DateTimeOffset.UnixEpoch, [],
        [.. headers.Select(header => header.Split(": ", 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1]))]);
}
