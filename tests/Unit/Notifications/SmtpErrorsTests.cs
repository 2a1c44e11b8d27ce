using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Switchboard.Core.Email;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels.Email;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>Replies of mail servers as they are told in their documents and logs, and what they mean.</summary>
public sealed class SmtpErrorsTests
{
    private static readonly SmtpOptions Options = new();

    [Theory]
    // Gmail: https://support.google.com/a/answer/3726730
    [InlineData(550, "5.1.1 The email account that you tried to reach does not exist. Please try double-checking", "5.1.1", true)]
    [InlineData(550, "5.2.1 The email account that you tried to reach is inactive.", "5.2.1", true)]
    [InlineData(552, "5.2.2 The recipient's inbox is out of storage space and inactive.", "5.2.2", false)]
    [InlineData(550, "5.7.1 Our system has detected that this message is likely unsolicited mail.", "5.7.1", false)]
    [InlineData(550, "5.7.26 This mail has been blocked because the sender is unauthenticated.", "5.7.26", false)]
    // Exchange Online: https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online
    [InlineData(550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "5.1.10", true)]
    [InlineData(550, "5.4.1 Recipient address rejected: Access denied.", "5.4.1", false)]
    [InlineData(550, "5.1.8 Access denied, bad outbound sender", "5.1.8", false)]
    // Postfix, and a server without enhanced codes
    [InlineData(554, "5.7.1 <ann@x.test>: Relay access denied", "5.7.1", false)]
    [InlineData(550, "No such user here", "550", false)]
    [InlineData(552, "5.3.4 Message size exceeds fixed limit", "5.3.4", false)]
    public void A_recipient_or_mail_that_is_refused_stays_refused_and_the_code_says_whether_the_address_is_dead(
        int status, string text, string code, bool isDead)
    {
        var failure = SmtpErrors.OfReply(status, text, SmtpProgress.Sending, SmtpErrorCode.RecipientNotAccepted, Options);

        (failure.Kind, failure.HttpStatus, failure.Code).ShouldBe((FailureKind.Permanent, status, code));
        failure.Error.ShouldBe($"The mail server answered {status} {text}");
        (EnhancedStatus.Find(failure.Code)?.SaysAddressIsDead ?? false).ShouldBe(isDead);
        SmtpErrors.IsOutage(failure).ShouldBeFalse();
    }

    [Theory]
    [InlineData(450, "4.2.0 <ann@x.test>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/x.test.html", 300)]
    [InlineData(451, "4.7.1 Greylisting in action, please come back later", 300)]
    [InlineData(450, "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages.", 300)]
    [InlineData(452, "4.2.2 The recipient's inbox is out of storage space.", 300)]
    [InlineData(451, "4.4.2 Timeout - closing connection.", 300)]
    [InlineData(421, "4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address.", 10)]
    [InlineData(421, "4.3.2 Service not available, closing transmission channel", 10)]
    public void What_is_refused_for_the_time_being_comes_back_after_the_wait(int status, string text, double seconds)
    {
        var failure = SmtpErrors.OfReply(status, text, SmtpProgress.Sending, SmtpErrorCode.RecipientNotAccepted, Options);

        (failure.Kind, failure.RetryAfter).ShouldBe((FailureKind.Transient, TimeSpan.FromSeconds(seconds)));
        // one recipient that is busy is no reason to stop sending to all
        SmtpErrors.IsOutage(failure).ShouldBe(status == 421);
    }

    [Theory]
    [InlineData(535, "5.7.8 Username and Password not accepted. For more information, go to")]
    [InlineData(535, "Authentication Credentials Invalid")]
    [InlineData(534, "5.7.9 Application-specific password required.")]
    [InlineData(530, "5.7.0 Must issue a STARTTLS command first.")]
    [InlineData(530, "5.7.57 Client not authenticated to send mail.")]
    [InlineData(538, "5.7.11 Encryption required for requested authentication mechanism")]
    public void An_account_that_is_not_taken_holds_all_mail(int status, string text) =>
        SmtpErrors.OfReply(status, text, SmtpProgress.Sending, SmtpErrorCode.UnexpectedStatusCode, Options)
            .ShouldSatisfyAllConditions(
                failure => failure.Kind.ShouldBe(FailureKind.Unauthorized),
                failure => failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(60)));

    [Fact]
    public void A_sender_or_a_client_that_is_refused_holds_all_mail_and_one_that_is_too_large_itself_alone()
    {
        Sender(550, "5.7.60 SMTP; Client does not have permissions to send as this sender").ShouldBe(FailureKind.Unauthorized);
        Sender(553, "5.7.1 <me@x.test>: Sender address rejected: not owned by user you").ShouldBe(FailureKind.Unauthorized);
        Sender(552, "5.3.4 Message size exceeds fixed limit").ShouldBe(FailureKind.Permanent);
        Sender(452, "4.3.1 Insufficient system storage").ShouldBe(FailureKind.Transient);
        SmtpErrors.OfReply(
            554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
            SmtpProgress.Connecting, SmtpErrorCode.UnexpectedStatusCode, Options).Kind.ShouldBe(FailureKind.Unauthorized);

        static FailureKind Sender(int status, string text) =>
            SmtpErrors.OfReply(status, text, SmtpProgress.Sending, SmtpErrorCode.SenderNotAccepted, Options).Kind;
    }

    [Fact]
    public void A_quota_that_is_used_up_waits_for_longer()
    {
        var failure = SmtpErrors.OfReply(
            550, "5.4.5 Daily user sending limit exceeded.", SmtpProgress.Sending, SmtpErrorCode.MessageNotAccepted, Options);

        (failure.Kind, failure.RetryAfter).ShouldBe((FailureKind.Throttled, TimeSpan.FromHours(1)));
    }

    [Theory]
    [InlineData(SmtpProgress.Connecting, FailureKind.Transient)]
    [InlineData(SmtpProgress.Sending, FailureKind.Transient)]
    [InlineData(SmtpProgress.Sent, FailureKind.UnknownOutcome)]
    internal void A_connection_that_is_lost_is_in_doubt_only_when_all_of_the_mail_was_sent(SmtpProgress progress, FailureKind kind)
    {
        Exception[] lost =
        [
            new SmtpProtocolException("The SMTP server has unexpectedly disconnected."), new IOException("reset"),
            new SocketException((int)SocketError.ConnectionReset), new OperationCanceledException(),
        ];

        foreach (var exception in lost)
        {
            var failure = SmtpErrors.Of(exception, progress, Options, CancellationToken.None).ShouldNotBeNull();
            (failure.Kind, failure.HttpStatus).ShouldBe((kind, null), exception.Message);
            SmtpErrors.IsOutage(failure).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_login_that_fails_is_what_its_reply_says()
    {
        Of(535, "5.7.8 not accepted").ShouldBe(FailureKind.Unauthorized);
        Of(454, "4.7.0 Too many login attempts, please try again later.").ShouldBe(FailureKind.Throttled);
        SmtpErrors.Of(new NotSupportedException("No compatible authentication mechanisms found."), SmtpProgress.Connecting, Options, default)!
            .Kind.ShouldBe(FailureKind.Unauthorized);

        static FailureKind Of(int status, string text) => SmtpErrors.Of(
            new AuthenticationException(text, new SmtpCommandException(SmtpErrorCode.UnexpectedStatusCode, (SmtpStatusCode)status, text)),
            SmtpProgress.Connecting, Options, default)!.Kind;
    }

    [Fact]
    public void The_end_of_the_process_and_an_error_of_ours_are_no_failures_of_the_server()
    {
        SmtpErrors.Of(new OperationCanceledException(), SmtpProgress.Sent, Options, new CancellationToken(canceled: true)).ShouldBeNull();
        SmtpErrors.Of(new InvalidOperationException("?"), SmtpProgress.Sent, Options, default).ShouldBeNull();
    }
}
