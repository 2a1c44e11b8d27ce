using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Gets a message and makes a mail of it.</summary>
internal sealed partial class MessageReader(GmailClient gmail, TimeProvider time, IngestMetrics metrics, ILogger<MessageReader> logger)
{
    /// <summary>
    /// Reads a message. What is wrong with it alone is told as a failure of its own; a message that is gone or did not come in has no mail.
    /// </summary>
    /// <exception cref="GmailException">Nothing of this mailbox can be read now: a limit, or a consent that is gone.</exception>
    public async Task<MessageReading> ReadAsync(Mailbox mailbox, string id, CancellationToken cancellation)
    {
        try
        {
            var message = await gmail.MessageAsync(mailbox, id, cancellation);
            var mail = GmailLabels.IsInbound(message.LabelIds) ? GmailMail.Read(message, mailbox, time.GetUtcNow()) : null;
            return new(id, mail, Seen: mailbox.Tracked is null ? null : SeenOf(message, mailbox));
        }
        catch (GmailException gone) when (gone.Failure == GmailFailure.NotFound)
        {
            metrics.Skipped("gone");
            return new(id, null);
        }
        catch (GmailException reason) when (reason.Failure is GmailFailure.Limited or GmailFailure.Unauthorized or GmailFailure.GrantRevoked)
        {
            throw;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // whatever a message does to its reader is that message's failure
        catch (Exception reason)
#pragma warning restore CA1031
        {
            Log.NotRead(logger, reason, id, mailbox.Id);
            return new(id, null, reason);
        }
    }

    // a mail that cannot be tracked meets its rules nevertheless
    private MailEnvelope? SeenOf(GmailMessage message, Mailbox mailbox)
    {
        if (!GmailEnvelopes.IsMail(message))
            return null;
        var seen = GmailEnvelopes.Read(message, out var problem);
        if (seen is null)
            Log.NotTracked(logger, message.Id, mailbox.Id, problem!);
        return seen;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} of mailbox {MailboxId} is not tracked: {Reason}")]
        public static partial void NotTracked(ILogger logger, string messageId, Guid mailboxId, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} of mailbox {MailboxId} could not be read")]
        public static partial void NotRead(ILogger logger, Exception reason, string messageId, Guid mailboxId);
    }
}
