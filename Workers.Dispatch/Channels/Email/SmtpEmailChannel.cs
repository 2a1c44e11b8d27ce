using Microsoft.Extensions.Options;
using MimeKit;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Email;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Workers.Dispatch.Channels.Email;

/// <summary>
/// Email, by SMTP, each to one recipient. An address of which the server says that there is no mailbox is turned off for all recipients of the
/// user. What becomes of a mail that the server took comes back as mail, if at all: see Workers.Ingest/Email/Bounces.
/// </summary>
internal sealed partial class SmtpEmailChannel(
    SmtpConnections connections,
    AttachmentDownload attachments,
    RecipientAddressStore addresses,
    IOptions<SmtpOptions> options,
    ILogger<SmtpEmailChannel> logger) : IChannel, IDisposable
{
    // their files are in memory
    private const int MailsWithFilesAtOnce = 4;

    private readonly EmailMessage? _message = options.Value.IsConfigured ? new(options.Value) : null;
    private readonly SemaphoreSlim _withFiles = new(MailsWithFilesAtOnce);

    public ChannelDefinition Definition => Core.Notifications.Channels.EmailChannel;

    public string LimitKey { get; } = $"email:{options.Value.Host}:{options.Value.UserName ?? options.Value.From}";

    public RateLimit Limit { get; } = new(options.Value.MessagesPerSecond, TimeSpan.FromSeconds(1));

    public async Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        if (_message is null)
            return Refused("No mail can be sent: Email:Host is not set.");
        if (!EmailAddress.TryRead(message.Recipient, out var recipient))
            return Refused("The recipient is no email address.");
        if (message.Body.Length == 0 && string.IsNullOrEmpty(message.Content?.Html))
            return Refused("What it said is not kept any more.");

        var result = message.Content?.Attachments is { Count: > 0 } files
            ? await SendWithFilesAsync(_message, message, recipient, files, cancellationToken)
            : await SendAsync(_message, message, recipient, [], cancellationToken);
        if (result is SendResult.Failed { Failure: { Kind: FailureKind.Permanent } failure }
            && EnhancedStatus.Find(failure.Code) is { SaysAddressIsDead: true })
            await DisableAsync(message, failure);
        return result;
    }

    public void Dispose() => _withFiles.Dispose();

    private async Task<SendResult> SendWithFilesAsync(
        EmailMessage maker,
        ChannelMessage message,
        MailboxAddress recipient,
        IReadOnlyList<AttachmentReference> files,
        CancellationToken cancellationToken)
    {
        await _withFiles.WaitAsync(cancellationToken);
        try
        {
            return await SendAsync(maker, message, recipient, await attachments.FetchAsync(files, cancellationToken), cancellationToken);
        }
        catch (ProviderException exception)
        {
            return exception.Failure;
        }
        finally
        {
            _withFiles.Release();
        }
    }

    private async Task<SendResult> SendAsync(
        EmailMessage maker,
        ChannelMessage message,
        MailboxAddress recipient,
        IReadOnlyList<MimePart> files,
        CancellationToken cancellationToken)
    {
        using var mail = maker.Make(message, recipient, files);
        return await connections.SendAsync(mail, maker.Sender(message.NotificationId), recipient, cancellationToken);
    }

    // The refusal is recorded by the caller; if this is not, the next mail to the address finds it out again.
    private async Task DisableAsync(ChannelMessage message, ProviderFailure failure)
    {
        try
        {
            await addresses.DisableAsync(message.UserId, Definition.Name, message.Recipient, failure.Error, CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            Log.NotDisabled(logger, exception);
        }
    }

    private static SendResult Refused(string error) => new ProviderFailure(FailureKind.Permanent, error);

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "An address that no mailbox has was not turned off; the next mail to it will be tried again: {Reason}")]
        public static partial void NotDisabled(ILogger logger, Redacted reason);
    }
}
