using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Does what is due: claims mails, decides about each, and writes that with the reminders in one transaction. Their sends are staged in
/// it: whatever dies after the commit, they are sent, and no check finds the mails due again.
/// </summary>
internal sealed class DueMails(
    NpgsqlDataSource dataSource,
    NotificationStore notifications,
    JobOutbox outbox,
    IOptions<TrackingOptions> options,
    TimeProvider time,
    IngestMetrics metrics,
    ILogger<DueMails> logger)
{
    /// <summary>Settles at most so many mails.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<int> SettleAsync(int limit, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var due = await ClaimDueMails.ExecuteAsync(connection, transaction, now, limit, cancellation);
        if (due.Count == 0)
            return 0;

        Guid[] ids = [.. due.Select(mail => mail.AccountId).Distinct()];
        var accounts = await LoadDueAccounts.ExecuteAsync(connection, transaction, ids, logger, cancellation);
        var decided = Decide(due, accounts, now);
        var jobs = await WriteAsync(connection, transaction, decided, now, cancellation);
        await transaction.CommitAsync(cancellation);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        await outbox.FlushAsync(jobs, cancellation);
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
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        DecidedMail[] decided,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        await WriteDecisions.ExecuteAsync(connection, transaction, decided, now, cancellation);
        var reminders = await notifications.CreateAsync(
            connection, transaction, [.. decided.Select(mail => mail.Reminder(now)).OfType<NotificationDraft>()], [], cancellation);

        var shown = decided.Where(mail => mail.IsShown).Select(mail => (mail.Mail.AccountId, mail.Mail.SentAt)).ToArray();
        await TrackedChanges.NoteAsync(connection, transaction, shown.Select(mail => mail.AccountId), shown, cancellation);
        metrics.Notified(reminders.Ids.Count);
        return reminders.Jobs;
    }
}
