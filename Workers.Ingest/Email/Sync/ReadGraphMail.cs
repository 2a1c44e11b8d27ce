namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Read one mail at Microsoft 365 that was not given with the others, so that it does not keep them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="MailboxId">The account.</param>
/// <param name="MessageId">Graph's id of the mail.</param>
/// <param name="AcceptedAt">When it was first heard of.</param>
internal sealed record ReadGraphMail(Guid Id, Guid MailboxId, string MessageId, DateTimeOffset AcceptedAt) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("read-graph-mail", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Stops nothing by itself: a mail that was taken is known by its mailbox and Message-ID.</summary>
    public string IdempotencyKey => $"mailbox:{MailboxId}/{MessageId}";
}

/// <summary>
/// Reads mails that were set aside, each by itself. The place in their folder has passed them, so that one is asked for until the rules
/// would not take it any more for its age, through an outage and while its account has to be connected again.
/// </summary>
internal sealed class ReadGraphMailHandler(
    GraphMailboxStore accounts, GraphChangeReader reader, IOptions<MailboxOptions> options, TimeProvider timeProvider)
    : IJobHandler<ReadGraphMail>
{
    /// <summary>How long a mail rests before it is asked for again, at least.</summary>
    public static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(6);

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<ReadGraphMail>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new List<JobOutcome>(batch.Count);
        foreach (var delivery in batch)
            outcomes.Add(await ReadAsync(delivery, cancellationToken));
        return outcomes;
    }

    private async Task<JobOutcome> ReadAsync(JobDelivery<ReadGraphMail> delivery, CancellationToken cancellationToken)
    {
        var job = delivery.Job;
        // deleted: nothing of it is kept, not even a dead job
        if (await accounts.FindAsync(job.MailboxId, cancellationToken) is not { } account)
            return JobOutcome.Done;
        var failure = account.Account.IsActive
            ? await reader.ReadAsync(
                account, new([job.MessageId], [], [0]), new(job.AcceptedAt, delivery.Activity?.Context), cancellationToken)
            : new(FailureKind.GrantRevoked, $"The mailbox {job.MailboxId} is not connected.");
        return OutcomeOf(failure, timeProvider.GetUtcNow() - job.AcceptedAt, TimeSpan.FromDays(options.Value.ResyncDays));
    }

    /// <summary>What becomes of a mail that was heard of so long ago: it rests for a quarter of that. A pure decision.</summary>
    internal static JobOutcome OutcomeOf(ProviderFailure? failure, TimeSpan age, TimeSpan longest) => failure switch
    {
        null => JobOutcome.Done,
        { Kind: FailureKind.Throttled } => failure.ToOutcome(),
        _ when age < longest && (failure.MayPass() || failure.Kind == FailureKind.GrantRevoked) =>
            JobOutcome.Snooze(TimeSpan.FromTicks(Math.Clamp(age.Ticks / 4, ShortestRest.Ticks, LongestRest.Ticks)), failure.Error),
        _ => JobOutcome.Dead(failure.Error),
    };
}
