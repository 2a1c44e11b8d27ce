using System.Text;
using Switchboard.Workers.Ingest.Email.Tracking;
using static Switchboard.Tests.Unit.Email.Tracking.Reports;

namespace Switchboard.Tests.Unit.Email.Tracking;

/// <summary>Reports as the RFCs and servers form them, read as they came over the wire.</summary>
public sealed class DeliveryReportTests
{
    private const string Original =
        """
        From: owner@example.com
        To: ann@contoso.test
        Subject: Offer 42
        Message-ID: <offer@example.com>
        """;

    [Theory]
    [InlineData("failed", "5.1.1", true)]
    [InlineData("Failed (mailbox unknown)", "5.1.1", true)]
    [InlineData("FAILED", "4.4.7", true)]
    [InlineData("delayed", "4.4.1", false)]
    [InlineData("delivered", "2.1.5", false)]
    [InlineData("relayed", "2.0.0", false)]
    [InlineData("expanded", "2.0.0", false)]
    [InlineData("delayed", "5.0.0", false)]
    [InlineData("", "5.7.1", true)]
    [InlineData("", "4.2.2 (mailbox full)", false)]
    [InlineData("unheard-of", "2.0.0", false)]
    [InlineData("unheard-of", "", null)]
    public async Task The_action_decides_and_the_status_where_there_is_none(string action, string status, bool? isFailure) =>
        (await ReadAsync(Failing(RecipientFields("rfc822; ann@contoso.test", action, status)))).IsFailure.ShouldBe(isFailure);

    [Fact]
    public async Task Of_several_recipients_it_tells_of_those_that_failed()
    {
        var report = await ReadAsync(Failing(
            RecipientFields("rfc822; Ann@Contoso.Test", "delivered", "2.0.0"),
            "Original-Recipient: rfc822;gone@contoso.test\n" + RecipientFields("RFC822; <gone.old@fabrikam.test>", "failed", "5.1.1"),
            RecipientFields("rfc822; late@contoso.test", "delayed", "4.0.0")));

        report.IsFailure.ShouldBe(true);
        report.Recipients.ShouldBe(["gone@contoso.test", "gone.old@fabrikam.test"]);
        (await ReadAsync(Failing(RecipientFields("rfc822; a@x.test", "delayed", "4.0.0"), RecipientFields("rfc822; b@x.test", "relayed", "2.0.0"))))
            .Recipients.ShouldBe(["a@x.test", "b@x.test"]);
    }

    [Theory]
    [InlineData("utf-8; j\\x{F6}rg@b\\x{FC}cher.example", "jörg@xn--bcher-kva.example")]
    [InlineData("rfc822; ann@contoso.test (Ann Lee)", "ann@contoso.test")]
    [InlineData("ann@contoso.test", "ann@contoso.test")]
    [InlineData("x400; /S=Lee/G=Ann/O=Contoso/C=DE/", null)]
    public async Task An_address_is_read_whatever_its_type(string recipient, string? address) =>
        (await ReadAsync(Failing(RecipientFields(recipient, "failed", "5.1.1")))).Recipients.ShouldBe(address is null ? [] : [address]);

    [Theory]
    [InlineData("text/rfc822-headers")]
    [InlineData("message/rfc822")]
    [InlineData("message/global")]
    [InlineData("message/global-headers")]
    public async Task The_mail_is_named_by_its_headers_in_the_third_part(string type)
    {
        var report = await ReadAsync(Report([RecipientFields("rfc822; ann@contoso.test", "failed", "5.1.1")], third: $"Content-Type: {type}\n\n{Original}\n\nHello"));

        report.MessageIds.ShouldBe(["<offer@example.com>"]);
        report.Subject.ShouldBe("Offer 42");
    }

    [Fact]
    public async Task A_message_id_that_a_server_took_away_is_found_where_it_was_kept()
    {
        var recipient = RecipientFields("rfc822; ann@contoso.test", "failed", "5.1.1");

        (await ReadAsync(Report([recipient], third: null, perMessage: "X-Original-Message-ID: <offer@example.com>\n"))).MessageIds
            .ShouldBe(["<offer@example.com>"]);
        (await ReadAsync("X-Original-Message-ID: <offer@example.com>\n" + Report([recipient], third: null))).MessageIds.ShouldBe(["<offer@example.com>"]);
        (await ReadAsync(Report(
            [recipient], third: "Content-Type: text/rfc822-headers\n\nMessage-ID: <new@relay.test>\nX-Original-Message-ID: <offer@example.com>\n"))).MessageIds
            .ShouldBe(["<new@relay.test>", "<offer@example.com>"]);
    }

    [Fact]
    public async Task A_report_that_a_gateway_wrapped_is_one_and_one_that_a_person_attached_is_not()
    {
        var report = Failing(RecipientFields("rfc822; ann@contoso.test", "failed", "5.1.1"));

        (await ReadAsync($"Content-Type: multipart/mixed; boundary=w\n\n--w\n{report}\n--w\nContent-Type: text/plain\n\nScanned.\n--w--\n")).IsFailure.ShouldBe(true);
        (await DeliveryReports.ReadAsync(
            Bytes($"Content-Type: multipart/mixed; boundary=w\n\n--w\nContent-Type: text/plain\n\nWhat is this?\n--w\nContent-Type: message/rfc822\n\n{report}\n--w--\n"),
            default)).ShouldBeNull();
    }

    [Fact]
    public async Task Qmails_bounce_is_read_by_its_form()
    {
        var report = await ReadAsync(
            $"""
            From: MAILER-DAEMON@mx.contoso.test
            Subject: failure notice

            Hi. This is the qmail-send program at mx.contoso.test.
            I'm afraid I wasn't able to deliver your message to the following addresses.
            This is a permanent error; I've given up. Sorry it didn't work out.

            <gone@contoso.test>:
            Sorry, no mailbox here by that name. (#5.1.1)

            <old@contoso.test>:
            192.0.2.7 does not like recipient.
            Remote host said: 550 no such user
            Giving up on 192.0.2.7.

            --- Below this line is a copy of the message.

            Return-Path: <owner@example.com>
            {Original}

            > <quoted@contoso.test>:
            """);

        report.IsFailure.ShouldBe(true);
        report.Recipients.ShouldBe(["gone@contoso.test", "old@contoso.test"]);
        report.MessageIds.ShouldBe(["<offer@example.com>"]);
    }

    [Fact]
    public async Task Exchanges_bounce_is_read_by_what_it_has_for_administrators()
    {
        var report = await ReadAsync(
            $"""
            From: postmaster@contoso.test
            Subject: Undeliverable: Offer 42
            Content-Type: text/plain

            Delivery has failed to these recipients or groups:

            gone@contoso.test
            The email address you entered couldn't be found.

            Diagnostic information for administrators:

            Generating server: mail.contoso.test

            gone@contoso.test
            Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'

            Original message headers:

            Received: from a (192.0.2.1) by b
            {Original}
            """);

        report.IsFailure.ShouldBe(true);
        report.Recipients.ShouldBe(["gone@contoso.test"]);
        report.MessageIds.ShouldBe(["<offer@example.com>"]);
        report.Subject.ShouldBe("Offer 42");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no header at all")]
    [InlineData("\0\u0001\u0002: \r\n\r\n")]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status\n\nno boundary")]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n--b--")]
    [InlineData("Subject: Hello\n\nI am the postmaster, and a person.")]
    public async Task What_reports_nothing_is_none_and_breaks_nothing(string mime) =>
        (await DeliveryReports.ReadAsync(Bytes(mime), default) is { IsFailure: not null }).ShouldBeFalse();

    [Fact]
    public async Task A_report_of_endless_recipients_ends()
    {
        var report = await ReadAsync(Failing([.. Enumerable.Range(0, 5_000).Select(n => RecipientFields($"rfc822; r{n}@contoso.test", "failed", "5.1.1"))]));

        report.Recipients.Count.ShouldBe(500);
    }

    private static string Failing(params string[] recipients) => Report(recipients, $"Content-Type: text/rfc822-headers\n\n{Original}\n");

    private static async Task<DeliveryReport> ReadAsync(string mime) => (await DeliveryReports.ReadAsync(Bytes(mime), default)).ShouldNotBeNull();

    private static byte[] Bytes(string mime) => Encoding.UTF8.GetBytes(mime);
}

/// <summary>Delivery reports in the form of RFC 3464.</summary>
internal static class Reports
{
    public static string Failed(string recipient, string messageId) => Report(
        [RecipientFields($"rfc822; {recipient}", "failed", "5.1.1")], $"Content-Type: text/rfc822-headers\n\nSubject: Offer\nMessage-ID: {messageId}\n");

    public static string RecipientFields(string recipient, string action, string status) => $"Final-Recipient: {recipient}\nAction: {action}\nStatus: {status}\n";

    public static string Report(string[] recipients, string? third, string perMessage = "") =>
        $"""
        From: Mail Delivery Subsystem <mailer-daemon@mx.contoso.test>
        To: owner@example.com
        Subject: Delivery Status Notification
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain; charset=utf-8

        This is what became of your mail.

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.contoso.test
        {perMessage}
        {string.Join('\n', recipients)}
        {(third is null ? "" : $"--b\n{third}")}
        --b--

        """;
}
