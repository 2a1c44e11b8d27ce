using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Unit.Email.Tracking;

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
    // what only its subject has in common with a program's
    [InlineData("Out of office next week? Let us meet")]
    [InlineData("I am out of the office on Friday, can we talk on Thursday?")]
    [InlineData("Automatic reply function: your opinion?")]
    [InlineData("On vacation from Monday on")]
    [InlineData("Delayed: shipping next week")]
    [InlineData("Delivered: the parcel of Monday")]
    [InlineData("Read: chapter 3")]
    [InlineData("Rejected: your proposal")]
    [InlineData("Undeliverable: what do we do about the parcels?")]
    [InlineData("Returned mail: how do we treat it?")]
    [InlineData("Mail delivery system upgrade: your opinion?")]
    [InlineData("Mail delivery failed? Ours did")]
    [InlineData("RE: Out of office: Offer")]
    [InlineData("Re: Offer", "Precedence: bulk")]
    [InlineData("Re: Offer", "Precedence: list")]
    [InlineData("RE: Accepted: Offer")]
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
    [InlineData("OOO: Offer")]
    [InlineData("[EXTERNAL] Automatic reply: Offer")]
    [InlineData("[EXT] [SPAM?] Out of Office: Offer")]
    [InlineData("EXTERNAL: Automatic reply: Offer")]
    [InlineData("\u200bAutomatic reply: Offer")]
    [InlineData("\ufeff\u200e Auto\u00admatic reply: Offer")]
    [InlineData("Re\u0301ponse automatique : Offre")]
    [InlineData("[EXTERNAL] Respuesta automa\u0301tica: Oferta")]
    [InlineData("Odpowiedź automatyczna: Oferta")]
    [InlineData("Odpowiedz\u0301 automatyczna: Oferta")]
    [InlineData("Automatisch antwoord: Offerte")]
    [InlineData("Automatická odpověď: Nabídka")]
    [InlineData("Samodejni odgovor: Ponudba")]
    [InlineData("Автоматична відповідь: Пропозиція")]
    [InlineData("Αυτόματη απάντηση: Προσφορά")]
    [InlineData("תשובה אוטומטית: הצעה")]
    [InlineData("رد تلقائي: عرض")]
    [InlineData("不在通知：見積")]
    // by subject and a header that proves nothing by itself
    [InlineData("I am out of the office until Monday", "Precedence: bulk")]
    public void What_a_program_wrote_is_an_automatic_reply(string subject, params string[] headers) =>
        KindOf(subject, headers).ShouldBe(MailKind.AutoReply);

    [Theory]
    [InlineData("Undeliverable: Offer", "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b1\"", "Auto-Submitted: auto-replied")]
    [InlineData("Offer", "Content-Type: MULTIPART/REPORT; boundary=b; Report-Type=Delivery-Status")]
    [InlineData("Mail delivery failed: returning message to sender", "X-Failed-Recipients: ann@contoso.test", "Auto-Submitted: auto-replied")]
    [InlineData("Offer", "X-MS-Exchange-Message-Is-Ndr: ")]
    [InlineData("Undelivered Mail Returned to Sender")]
    [InlineData("Delivery Status Notification (Failure)")]
    [InlineData("[EXTERNAL] Undelivered Mail Returned to Sender")]
    [InlineData("Unzustellbar: Angebot", "Return-Path: <>")]
    [InlineData("未送达: 报价", "Auto-Submitted: auto-replied")]
    [InlineData("Rejected: Offer", "Return-Path: <>")]
    public void What_could_not_be_delivered_is_a_bounce(string subject, params string[] headers) =>
        KindOf(subject, headers).ShouldBe(MailKind.Bounce);

    [Theory]
    [InlineData("Return receipt")]
    [InlineData("Distribué : Offre")]
    [InlineData("Message Delivery Delayed")]
    [InlineData("Delivery Status Notification (Delayed)")]
    [InlineData("[EXTERNAL] Delivered: Offer")]
    [InlineData("Lu : Offre")]
    public void What_servers_write_of_mail_that_has_not_failed_is_no_bounce(string subject)
    {
        MailClassification.KindOf(Some(subject, []) with { From = "MAILER-DAEMON@mx.contoso.test" }).ShouldBe(MailKind.AutoReply);
        KindOf(subject, ["Content-Type: multipart/report; report-type=delivery-status"]).ShouldBe(MailKind.AutoReply);
    }

    [Theory]
    [InlineData(true, MailKind.Bounce)]
    [InlineData(false, MailKind.AutoReply)]
    [InlineData(null, MailKind.Bounce)]
    public void What_a_report_says_counts_more_than_its_subject_and_headers(bool? isFailure, string kind)
    {
        string[] headers = ["Content-Type: multipart/report; report-type=delivery-status", "Auto-Submitted: auto-generated (failure)"];

        MailClassification.KindOf(Some("Notification", headers) with { Report = new(isFailure, [], [], null) }).ShouldBe(kind);
    }

    [Theory]
    [InlineData("Accepted: Offer")]
    [InlineData("Declined: Offer @ Mon 30 Nov 2026")]
    [InlineData("[EXTERNAL] Tentatively accepted: Offer")]
    [InlineData("Offer", "Content-Type: text/calendar; charset=utf-8; method=REPLY")]
    [InlineData("Re: Offer", "Content-Type: text/plain", "Content-Type: text/calendar; method=\"reply\"")]
    public void An_answer_to_an_invitation_is_a_calendars(string subject, params string[] headers) =>
        KindOf(subject, headers).ShouldBe(MailKind.Calendar);

    [Fact]
    public void The_part_of_a_calendar_or_of_a_reaction_says_what_a_mail_is()
    {
        Kind("text/plain; charset=utf-8", "TEXT/CALENDAR;\r\n method=REPLY").ShouldBe(MailKind.Calendar);
        Kind("text/calendar; method=REQUEST").ShouldBe(MailKind.Reply);
        Kind("text/plain", "text/vnd.google.email-reaction+json; charset=\"UTF-8\"", "text/html").ShouldBe(MailKind.Reaction);
        Kind("text/plain", "text/html", "application/pdf").ShouldBe(MailKind.Reply);

        static string Kind(params string[] types) => MailClassification.KindOf(Some("Re: Offer", []) with { Form = new(types, null) });
    }

    [Theory]
    [InlineData("[like] Ann Lee reacted to your message:\r\n________________________________\r\nFrom: Owner", MailKind.Reaction)]
    [InlineData("Ann Lee reacted to your message: From: Owner Sent: Monday", MailKind.Reaction)]
    [InlineData("👍 Ann reacted via Gmail On Mon, Nov 30, 2026", MailKind.Reaction)]
    [InlineData("Ann reacted to your message: she would like to see you.", MailKind.Reply)]
    [InlineData("Nobody has reacted to your message yet", MailKind.Reply)]
    [InlineData("Thank you.\r\n\r\nAnn Lee reacted to your message:\r\n", MailKind.Reply)]
    public void Outlooks_reactions_are_known_by_how_they_begin(string preview, string kind) =>
        MailClassification.KindOf(Some("Re: Offer", []) with { Form = new(null, preview) }).ShouldBe(kind);

    [Theory]
    [InlineData("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.test", MailKind.Bounce)]
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
