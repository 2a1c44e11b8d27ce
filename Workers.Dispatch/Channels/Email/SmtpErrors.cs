using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Switchboard.Core.Email;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Email;

/// <summary>How far a mail came before something went wrong.</summary>
internal enum SmtpProgress
{
    /// <summary>The server was being connected to, or the account logged in.</summary>
    Connecting,

    /// <summary>The server has not got all of the mail: it cannot have taken it.</summary>
    Sending,

    /// <summary>It has all of it but, maybe, the final dot: only its answer says whether it took it.</summary>
    Sent,
}

/// <summary>
/// What went wrong with a mail means. Replies: RFC 5321, 4.2; what they say in numbers: RFC 3463, RFC 4954 and
/// https://www.iana.org/assignments/smtp-enhanced-status-codes
/// </summary>
internal static class SmtpErrors
{
    /// <summary>What stands for the server in what is told.</summary>
    public const string Server = "The mail server";

    // for a person to see what it is
    private const int LongestReply = 500;

    /// <summary>What an exception means; null if it is none of the server's or the network's.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="progress">How far the mail came.</param>
    /// <param name="options">The waits.</param>
    /// <param name="cancellationToken">The token of the caller: its cancellation is no failure of the server.</param>
    public static ProviderFailure? Of(
        Exception exception, SmtpProgress progress, SmtpOptions options, CancellationToken cancellationToken) => exception switch
        {
            SmtpCommandException reply => OfReply((int)reply.StatusCode, reply.Message, progress, reply.ErrorCode, options),
            AuthenticationException { InnerException: SmtpCommandException reply } =>
                OfReply((int)reply.StatusCode, reply.Message, SmtpProgress.Connecting, reply.ErrorCode, options),

            // 530, wherever it comes; a login that the server offers no way for, or a certificate that is not trusted
            ServiceNotAuthenticatedException => Unauthorized($"{Server} wants a login first: {exception.Message}", 530, options),
            AuthenticationException or NotSupportedException when progress == SmtpProgress.Connecting =>
                Unauthorized($"{Server} cannot be logged in to: {exception.Message}", null, options),
            SslHandshakeException { ServerCertificate: not null } =>
                Unauthorized($"{Server}'s certificate is not trusted: {FirstLines(exception.Message)}", null, options),

            OperationCanceledException when cancellationToken.IsCancellationRequested => null,
            OperationCanceledException => Lost($"{Server} did not answer within {options.TimeoutSeconds} s.", progress),
            SslHandshakeException or SmtpProtocolException or SocketException or IOException when progress == SmtpProgress.Connecting =>
                new(FailureKind.Transient, $"{Server} cannot be reached: {FirstLines(exception.Message)}"),
            SmtpProtocolException or SocketException or IOException =>
                Lost($"The connection to the mail server broke: {exception.Message}", progress),
            _ => null,
        };

    /// <summary>What a reply means that did not take the mail.</summary>
    /// <param name="status">Its number.</param>
    /// <param name="text">Its text.</param>
    /// <param name="progress">How far the mail came.</param>
    /// <param name="refused">What of the mail was refused.</param>
    /// <param name="options">The waits.</param>
    public static ProviderFailure OfReply(int status, string text, SmtpProgress progress, SmtpErrorCode refused, SmtpOptions options)
    {
        var (enhanced, told) = (EnhancedStatus.Find(text), Describe(status, text));
        var code = enhanced?.ToString() ?? status.ToString(CultureInfo.InvariantCulture);
        return (status, enhanced) switch
        {
            // 432 and 534 another way to log in, 530 and 538 a login or TLS first, 535 the password
            (432 or 530 or 534 or 535 or 538, _) => Unauthorized(told, status, options, code),

            // the server closes, or its login is out of order for a time
            (421, _) => new(FailureKind.Transient, told, status, TimeSpan.FromSeconds(options.LimitSeconds), code),
            (454, _) => new(FailureKind.Throttled, told, status, TimeSpan.FromSeconds(options.LimitSeconds), code),

            // the day's quota of the account (Gmail's 550 5.4.5)
            (_, { Subject: 4, Detail: 5 }) when status >= 500 =>
                new(FailureKind.Throttled, told, status, TimeSpan.FromSeconds(options.QuotaSeconds), code),

            // 450 and 451 greylisting, a busy mailbox, a fault of the server; 452 no room, or too much at once
            ( >= 400 and < 500, _) => new(FailureKind.Transient, told, status, TimeSpan.FromSeconds(options.GreylistSeconds), code),

            // a greeting that sends away, or the sender is refused: no mail can be sent until the operator mends it, and none is to blame
            ( >= 500, _) when progress == SmtpProgress.Connecting => Unauthorized(told, status, options, code),
            ( >= 500, _) when refused == SmtpErrorCode.SenderNotAccepted && !IsOfTheMail(status, enhanced) =>
                Unauthorized(told, status, options, code),

            // the recipient, what the mail contains, its size
            ( >= 500, _) => new(FailureKind.Permanent, told, status, Code: code),
            _ => Lost(told, progress) with { HttpStatus = status, Code = code },
        };
    }

    /// <summary>Whether the server is away, for all mail, and not this mail to blame.</summary>
    public static bool IsOutage(ProviderFailure failure) => failure.IsOutage && failure.HttpStatus is null or 421;

    /// <summary>Whether a connection that was kept was closed meanwhile, and nothing of the mail was sent.</summary>
    public static bool IsClosed(Exception exception, SmtpProgress progress) => progress != SmtpProgress.Sent
        && exception is SmtpProtocolException or SocketException or IOException
            or SmtpCommandException { StatusCode: SmtpStatusCode.ServiceNotAvailable };

    // announced with the sender: too large for the server or its mailboxes
    private static bool IsOfTheMail(int status, EnhancedStatus? enhanced) =>
        status is 552 || enhanced is { Subject: 2 or 3, Detail: 3 or 4 } or { Subject: 6 };

    private static ProviderFailure Unauthorized(string error, int? status, SmtpOptions options, string? code = null) =>
        new(FailureKind.Unauthorized, error, status, TimeSpan.FromSeconds(options.AccountSeconds), code);

    private static ProviderFailure Lost(string error, SmtpProgress progress) =>
        new(progress == SmtpProgress.Sent ? FailureKind.UnknownOutcome : FailureKind.Transient, error);

    private static string Describe(int status, string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{Server} answered {status} {StorableText.Cut(Line(text), LongestReply)}");

    // MailKit goes on with advice
    private static string FirstLines(string message) => StorableText.Cut(Line(message), LongestReply / 2);

    private static string Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
