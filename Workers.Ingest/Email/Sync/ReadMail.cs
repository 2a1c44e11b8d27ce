namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Read one message of a mailbox that could not be read with the others, so that it does not stop them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="MailboxId">The mailbox.</param>
/// <param name="MessageId">The provider's id of the message.</param>
/// <param name="AcceptedAt">When it was first heard of.</param>
internal sealed record ReadMail(Guid Id, Guid MailboxId, string MessageId, DateTimeOffset AcceptedAt) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("read-mail", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops nothing by itself: a mail that was taken is known by its mailbox and id.</summary>
    public string IdempotencyKey => $"mailbox:{MailboxId}/{MessageId}";
}

/// <summary>Reads messages that were set aside, each by itself.</summary>
internal sealed class ReadMailHandler(
    GmailMailboxStore mailboxes, MessageReader reader, MailPipeline pipeline, AccountRevocation revocation) : IJobHandler<ReadMail>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ReadMail>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await ReadAsync(delivery, cancellationToken));
        return outcomes;
    }

    private async Task<JobOutcome> ReadAsync(JobDelivery<ReadMail> delivery, CancellationToken cancellationToken)
    {
        var job = delivery.Job;
        if (await mailboxes.FindActiveAsync(job.MailboxId, cancellationToken) is not { Account: var account })
            return JobOutcome.Dead($"The mailbox {job.MailboxId} is not connected any more.");
        try
        {
            var reading = await reader.ReadAsync(account, job.MessageId, cancellationToken);
            var result = await pipeline.ProcessAsync(
                account, reading.Mail is { } mail ? [mail] : [], new(job.AcceptedAt, delivery.Activity?.Context), cancellationToken);
            if (result.NotMatched is [var refused, ..])
                return JobOutcome.Dead(refused.Error);
            return reading.Failure is { } failure ? OutcomeOf(failure) : JobOutcome.Done;
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked)
        {
            await revocation.RevokeAsync(account.Id, reason.Failure, cancellationToken);
            return JobOutcome.Dead($"The mailbox must be connected again by its user: {reason.Message}");
        }
        catch (ProviderException reason)
        {
            return OutcomeOf(reason);
        }
    }

    // what a message does to its reader it does each time
    private static JobOutcome OutcomeOf(Exception failure) => failure switch
    {
        ProviderException { Failure: var later } when later.MayPass() || later.Kind == FailureKind.Throttled =>
            JobOutcome.Retry(later.Error, later.RetryAfter),
        _ => JobOutcome.Dead($"{failure.GetType().Name}: {failure.Message}"),
    };
}
