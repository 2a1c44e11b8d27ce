using System.Diagnostics;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Why a mailbox is read.</summary>
/// <param name="AcceptedAt">When it was heard that there is something to read.</param>
/// <param name="IsLastAttempt">Whether what cannot be read now must be set aside.</param>
/// <param name="Parent">The span that its mails belong to.</param>
internal sealed record SyncRequest(DateTimeOffset AcceptedAt, bool IsLastAttempt, ActivityContext? Parent)
{
    public MailArrival Arrival => new(AcceptedAt, Parent);
}

/// <summary>
/// Processes the messages of a page. When it returns, each of them is safe: processed, gone, or set aside as a separate job
/// (<see cref="ReadMail"/>), so that one that cannot be read does not keep the mailbox from moving on.
/// </summary>
internal sealed class MessageProcessor(
    MessageReader reader,
    MailPipeline pipeline,
    JobPublisher publisher,
    IOptions<GmailOptions> options,
    TimeProvider timeProvider,
    IngestMetrics metrics)
{
    /// <summary>Processes messages.</summary>
    /// <param name="account">Whose they are.</param>
    /// <param name="ids">The provider's ids of the messages.</param>
    /// <param name="since">Mail received before is not looked at.</param>
    /// <param name="request">Why they are read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ProviderException">None could be read, and it is worth another try.</exception>
    public async Task ProcessAsync(
        MailAccount account, IReadOnlyList<string> ids, DateTimeOffset? since, SyncRequest request, CancellationToken cancellationToken)
    {
        var readings = await ReadAsync(account, ids, cancellationToken);
        var unread = readings.Where(reading => reading.Failure is not null).ToArray();
        if (unread.Length > 0 && unread.Length == readings.Count && !request.IsLastAttempt && unread[0].Failure is ProviderException failure)
            throw failure;

        var setAside = unread.Select(reading => reading.Id).ToList();
        var result = await pipeline.ProcessAsync(
            account,
            [.. readings.Select(reading => reading.Mail).OfType<SourceMail>().Select(mail => mail.Since(since))],
            request.Arrival,
            cancellationToken);
        // each by itself will show what is wrong with it
        setAside.AddRange(result.NotMatched.Select(mail => mail.ProviderId));
        await SetAsideAsync(account, setAside, request, cancellationToken);
    }

    private async Task<IReadOnlyList<MessageReading>> ReadAsync(
        MailAccount account, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var readings = new MessageReading[ids.Count];
        await Parallel.ForAsync(
            0,
            ids.Count,
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentGets, CancellationToken = cancellationToken },
            async (i, token) => readings[i] = await reader.ReadAsync(account, ids[i], token));
        return readings;
    }

    private async Task SetAsideAsync(MailAccount account, List<string> ids, SyncRequest request, CancellationToken cancellationToken)
    {
        foreach (var _ in ids)
            metrics.Skipped("set_aside");
        await publisher.PublishAsync(
            [.. ids.Select(id => new OutgoingJob(
                new ReadMail(Guid.CreateVersion7(timeProvider.GetUtcNow()), account.Id, id, request.AcceptedAt), request.Parent))],
            cancellationToken);
    }
}

/// <summary>Gets a message and makes a mail of it.</summary>
internal sealed partial class MessageReader(
    GmailClient gmail, TimeProvider timeProvider, IngestMetrics metrics, ILogger<MessageReader> logger)
{
    /// <summary>
    /// Reads a message. What is wrong with it alone is reported as the failure of that message; a message that is gone or did not come in
    /// has no mail.
    /// </summary>
    /// <exception cref="ProviderException">Nothing of this mailbox can be read now: a limit, or a consent that is gone.</exception>
    public async Task<MessageReading> ReadAsync(MailAccount account, string id, CancellationToken cancellationToken)
    {
        try
        {
            var message = await gmail.MessageAsync(account, id, cancellationToken);
            var inbound = GmailLabels.IsInbound(message.LabelIds) ? GmailMail.Read(message, account, timeProvider.GetUtcNow()) : null;
            var envelope = await EnvelopeAsync(message, account, cancellationToken);
            return new(id, new SourceMail(
                id,
                message.Id,
                inbound is null ? null : ReceivedMessage.Mail(inbound),
                account.Policy is null ? null : envelope,
                envelope?.Report is null ? null : envelope));
        }
        catch (ProviderException gone) when (gone.Kind == FailureKind.NotFound)
        {
            metrics.Skipped("gone");
            return new(id, null);
        }
        catch (ProviderException reason) when (
            reason.Kind is FailureKind.Throttled or FailureKind.Unauthorized or FailureKind.GrantRevoked)
        {
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // whatever a message does to its reader is that message's failure
        catch (Exception reason)
#pragma warning restore CA1031
        {
            Log.NotRead(logger, reason, id, account.Id);
            return new(id, null, reason);
        }
    }

    // a mail that cannot be tracked meets its rules nevertheless; what came back is wanted where nothing is tracked, too
    private async Task<MailEnvelope?> EnvelopeAsync(GmailMessage message, MailAccount account, CancellationToken cancellationToken)
    {
        if (!GmailEnvelopes.IsMail(message))
            return null;
        if (GmailEnvelopes.Read(message, out var problem) is { } envelope)
            return await gmail.WithReportAsync(account, envelope, cancellationToken);
        if (account.Policy is not null)
            Log.NotTracked(logger, message.Id, account.Id, problem!);
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} of mailbox {MailboxId} is not tracked: {Reason}")]
        public static partial void NotTracked(ILogger logger, Redacted messageId, Guid mailboxId, Redacted reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} of mailbox {MailboxId} could not be read")]
        public static partial void NotRead(ILogger logger, Exception reason, Redacted messageId, Guid mailboxId);
    }
}

/// <summary>What came of the try to read a message.</summary>
/// <param name="Id">The provider's id of the message.</param>
/// <param name="Mail">The mail; null if it could not be read, or was deleted meanwhile.</param>
/// <param name="Failure">Why it could not be read.</param>
internal sealed record MessageReading(string Id, SourceMail? Mail, Exception? Failure = null);
