using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Remind of mails that nobody answered, and end the wait for others. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record CheckTracked(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("check-tracked-emails", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: an extra check finds nothing due.</summary>
    public string IdempotencyKey => $"check-tracked:{Id}";
}

/// <summary>Goes through the mails that are due until none is left or its time is over: the next one goes on. Several checks at once share
/// the mails among them.</summary>
internal sealed class CheckTrackedHandler(DueMails due, IOptions<TrackingOptions> options, TimeProvider timeProvider)
    : IJobHandler<CheckTracked>
{
    private const int ChunkSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<CheckTracked>> batch, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        while (await due.SettleAsync(ChunkSize, cancellationToken) == ChunkSize
            && timeProvider.GetElapsedTime(begun) < TimeSpan.FromSeconds(options.Value.CheckSeconds))
        {
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }
}

/// <summary>
/// Does what is due: claims mails, decides about each, and writes that with the reminders in one transaction. Their sends are staged in
/// it: whatever dies after the commit, they are sent, and no check finds the mails due again.
/// </summary>
internal sealed class DueMails(
    NpgsqlDataSource dataSource,
    NotificationStore notifications,
    JobOutbox outbox,
    IOptions<TrackingOptions> options,
    TimeProvider timeProvider,
    IngestMetrics metrics,
    ILogger<DueMails> logger)
{
    /// <summary>Settles at most so many mails.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async Task<int> SettleAsync(int limit, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var expected = await DueMailStore.CountAsync(dataSource, now, limit, cancellationToken);
        if (expected.Count == 0)
            return 0;

        using var grant = await notifications.ReserveAsync(expected, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var due = await DueMailStore.ClaimAsync(transaction, now, limit, cancellationToken);
        if (due.Count == 0)
            return 0;

        Guid[] ids = [.. due.Select(mail => mail.AccountId).Distinct()];
        var accounts = await DueMailStore.LoadAccountsAsync(transaction, ids, logger, cancellationToken);
        var decided = Decide(due, accounts, now);
        var jobs = await WriteAsync(transaction, decided, grant, now, cancellationToken);
        await outbox.CommitStagedAsync(transaction, jobs, cancellationToken);
        return due.Count;
    }

    private DecidedMail[] Decide(IReadOnlyList<DueMail> due, IReadOnlyDictionary<Guid, DueAccount> accounts, DateTimeOffset now)
    {
        var pausedRetry = TimeSpan.FromMinutes(options.Value.PausedRetryMinutes);
        return
        [
            .. due.Select(mail =>
            {
                var account = accounts.GetValueOrDefault(mail.AccountId);
                return new DecidedMail(mail, account?.FollowUp, DueDecision.Of(mail, account, now, pausedRetry));
            }),
        ];
    }

    private async Task<IReadOnlyCollection<OutgoingJob>> WriteAsync(
        NpgsqlTransaction transaction, DecidedMail[] decided, NotificationGrant grant, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await DueMailStore.WriteAsync(transaction, decided, now, cancellationToken);
        var reminders = await notifications.CreateAsync(
            transaction.Connection!, transaction, [.. decided.Select(mail => mail.Reminder(now)).OfType<NotificationDraft>()], [], grant,
            cancellationToken);

        var shown = decided.Where(mail => mail.IsShown).Select(mail => (mail.Mail.AccountId, mail.Mail.SentAt)).ToArray();
        await TrackedChanges.NoteAsync(transaction, shown.Select(mail => mail.AccountId), shown, cancellationToken);
        metrics.Notified(reminders.Ids.Count);
        return reminders.Jobs;
    }
}
