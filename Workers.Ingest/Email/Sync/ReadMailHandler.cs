using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Email.Rules;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Reads messages that were set aside, each by itself.</summary>
internal sealed class ReadMailHandler(
    MailboxStore mailboxes, MessageReader reader, EmailProcessor intake, BatchRecorder recorder, AccountRevocation revocation) : IJobHandler<ReadMail>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<ReadMail>> batch, CancellationToken cancellation)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await ReadAsync(delivery, cancellation));
        return outcomes;
    }

    private async Task<JobOutcome> ReadAsync(JobDelivery<ReadMail> delivery, CancellationToken cancellation)
    {
        var job = delivery.Job;
        if (await mailboxes.FindActiveAsync(job.MailboxId, cancellation) is not { } mailbox)
            return JobOutcome.Dead($"The mailbox {job.MailboxId} is not connected any more.");
        try
        {
            var reading = await reader.ReadAsync(mailbox, job.MessageId, cancellation);
            if (reading.Mail is not null)
                await intake.TakeAsync(
                    [new(mailbox.UserId, IncomingMail.OfMailbox(mailbox.Id), reading.Mail, job.AcceptedAt, delivery.Activity?.Context)], cancellation);
            if (mailbox.Tracked is { } tracked && reading.Seen is { } seen)
                await recorder.RecordAsync(tracked, [seen], cancellation);
            return reading.Failure is { } failure ? OutcomeOf(failure) : JobOutcome.Done;
        }
        catch (GmailException reason) when (reason.Failure == GmailFailure.GrantRevoked)
        {
            await revocation.RevokeAsync(mailbox.Id, mailbox.RefreshToken, reason.Message, cancellation);
            return JobOutcome.Dead($"The mailbox must be connected again by its user: {reason.Message}");
        }
        catch (GmailException reason)
        {
            return OutcomeOf(reason);
        }
    }

    // what a message does to its reader it does each time
    private static JobOutcome OutcomeOf(Exception failure) => failure switch
    {
        GmailException { Failure: GmailFailure.Unavailable or GmailFailure.Limited or GmailFailure.Unauthorized } later =>
            JobOutcome.Retry(later.Message, later.RetryAfter),
        _ => JobOutcome.Dead($"{failure.GetType().Name}: {failure.Message}"),
    };
}
