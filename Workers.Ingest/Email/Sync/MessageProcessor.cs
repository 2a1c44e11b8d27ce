using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Takes the messages of a page in. When it returns, each of them is safe: taken, gone, or set aside as a job of its own
/// (<see cref="ReadMail"/>), so that one that cannot be read does not keep the mailbox from moving on.
/// </summary>
internal sealed class MessageProcessor(
    MessageReader reader,
    EmailProcessor intake,
    BatchRecorder recorder,
    JobPublisher publisher,
    IOptions<GmailOptions> options,
    IngestMetrics metrics)
{
    /// <summary>Takes messages in.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="ids">The provider's ids of the messages.</param>
    /// <param name="since">Mail received before is not looked at.</param>
    /// <param name="request">Why they are read.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GmailException">None could be read, and it is worth another try.</exception>
    public async Task TakeAsync(
        Mailbox mailbox, IReadOnlyList<string> ids, DateTimeOffset? since, SyncRequest request, CancellationToken cancellation)
    {
        var readings = await ReadAsync(mailbox, ids, cancellation);
        var unread = readings.Where(reading => reading.Failure is not null).ToArray();
        if (unread.Length > 0 && unread.Length == readings.Count && !request.IsLastAttempt && unread[0].Failure is GmailException failure)
            throw failure;

        var mails = readings.Where(reading => reading.Mail is not null && !(reading.Mail.ReceivedAt < since))
            .Select(reading => reading.Mail!).ToArray();
        var setAside = unread.Select(reading => reading.Id).ToList();
        if (mails.Length > 0 && !await TryTakeAsync(mailbox, mails, request, cancellation))
            setAside.AddRange(mails.Select(mail => mail.MessageId));
        if (mailbox.Tracked is { } tracked)
            await recorder.RecordAsync(
                tracked, [.. readings.Select(reading => reading.Seen).OfType<MailEnvelope>().Where(seen => !(seen.At < since))], cancellation);
        await SetAsideAsync(mailbox, setAside, request, cancellation);
    }

    private async Task<IReadOnlyList<MessageReading>> ReadAsync(
        Mailbox mailbox, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var readings = new MessageReading[ids.Count];
        await Parallel.ForAsync(
            0,
            ids.Count,
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentGets, CancellationToken = cancellation },
            async (i, token) => readings[i] = await reader.ReadAsync(mailbox, ids[i], token));
        return readings;
    }

    private async Task<bool> TryTakeAsync(Mailbox mailbox, InboundMail[] mails, SyncRequest request, CancellationToken cancellation)
    {
        try
        {
            var source = IncomingMail.OfMailbox(mailbox.Id);
            await intake.TakeAsync(
                [.. mails.Select(mail => new IncomingMail(mailbox.UserId, source, mail, request.AcceptedAt, request.Parent))], cancellation);
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("22", StringComparison.Ordinal)
            || refused.SqlState.StartsWith("54", StringComparison.Ordinal))
        {
            // one of them has data that the database does not take; each by itself will show which
            return false;
        }
    }

    private async Task SetAsideAsync(Mailbox mailbox, List<string> ids, SyncRequest request, CancellationToken cancellation)
    {
        foreach (var _ in ids)
            metrics.Skipped("set_aside");
        await publisher.PublishAsync(
            [.. ids.Select(id => new OutgoingJob(new ReadMail(Guid.CreateVersion7(), mailbox.Id, id, request.AcceptedAt), request.Parent))],
            cancellation);
    }
}
