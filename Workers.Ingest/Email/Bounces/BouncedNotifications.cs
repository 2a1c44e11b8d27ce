using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Bounces;

/// <summary>
/// Applies delivery reports of mail that notifications went out by. Only those of the user to whose mailbox a report came: of another's,
/// one that is forged says nothing. What failed for good makes the notification failed, and an address that has no mailbox is turned off; a
/// delay is noted. A report that is read again changes nothing: its notification has failed, or was sent again since.
/// </summary>
internal sealed partial class BouncedNotifications(
    NpgsqlDataSource dataSource,
    RecipientAddressStore addresses,
    JobOutbox outbox,
    TimeProvider timeProvider,
    ILogger<BouncedNotifications> logger)
{
    // clocks of servers differ
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    private const string FindSql =
        """
        SELECT n.id, n.recipient, n.sending_at
        FROM notifications n
        WHERE n.id = ANY ($2) AND n.user_id = $1 AND n.channel = 'email' AND n.delivery_status IN ('sending', 'sent')
        """;

    private const string NoteSql =
        """
        UPDATE notifications SET error = $3
        WHERE id = $2 AND user_id = $1 AND delivery_status = 'sent'
        """;

    /// <summary>Applies what mails report; those that report nothing of a notification are left alone.</summary>
    /// <param name="userId">Whose mailbox they came to.</param>
    /// <param name="mails">The mails.</param>
    /// <param name="cancellationToken">Ends it; read again, it goes on.</param>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async Task ApplyAsync(Guid userId, IEnumerable<MailEnvelope> mails, CancellationToken cancellationToken)
    {
        var reports = mails.Where(mail => mail.Report is not null).Select(mail => (Mail: mail, Ids: IdsIn(mail)))
            .Where(one => one.Ids.Count > 0).ToList();
        if (reports.Count == 0)
            return;

        var ids = reports.SelectMany(one => one.Ids).Distinct().ToArray();
        var sent = (await dataSource.Command(FindSql, userId, ids).ListAsync(Read, cancellationToken)).ToDictionary(one => one.Id);
        var failed = new List<DeliveryStatusUpdate>();
        foreach (var (mail, named) in reports)
        {
            if (named.Where(sent.ContainsKey).Select(id => sent[id]).FirstOrDefault() is not { } notification
                || mail.At < notification.SendingAt - Slack)
                continue;
            if (mail.Report is { IsFailure: true } report)
            {
                // first the address: when this is done twice the notification is still there to be found
                if (EnhancedStatus.Find(report.Status) is { SaysAddressIsDead: true })
                    await addresses.DisableAsync(userId, Channels.Email, notification.Recipient, ReasonOf(report), cancellationToken);
                failed.Add(new(
                    report.MessageIds is [var first, ..] ? first : "", notification.Id, DeliveryStatus.Failed, mail.At, ReasonOf(report)));
            }
            else if (mail.Report is { IsDelayed: true } late)
                await dataSource.Command(NoteSql, userId, notification.Id, ReasonOf(late)).RunAsync(cancellationToken);
        }

        if (failed.Count == 0)
            return;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var job = new OutgoingJob(new ApplyDeliveryStatuses(Guid.CreateVersion7(timeProvider.GetUtcNow()), failed));
        await outbox.CommitAsync(transaction, [job], cancellationToken);
        Log.CameBack(logger, failed.Count, userId);
    }

    /// <summary>The notifications that a report may be about: by the Message-ID, the header and the address that it came back to.</summary>
    internal static IReadOnlyList<Guid> IdsIn(MailEnvelope mail) =>
    [
        .. mail.Report!.MessageIds.Append(mail.Report.NotificationId).Concat(mail.Recipients).Append(mail.Headers.Find("Delivered-To"))
            .Select(NotificationMail.IdIn).OfType<Guid>().Distinct().Take(AnsweredMessages.Most),
    ];

    private static string ReasonOf(DeliveryReport report)
    {
        var what = report.IsFailure == true ? "The mail came back" : "The mail is delayed";
        return StorableText.From((report.Status, report.Diagnostic) switch
        {
            (null, null) => $"{what}.",
            (null, { } said) => $"{what}: {said}",
            ({ } status, null) => $"{what}: {status}",
            ({ } status, { } said) => said.Contains(status, StringComparison.Ordinal) ? $"{what}: {said}" : $"{what}: {status} {said}",
        });
    }

    private static SentNotification Read(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.Nullable<DateTimeOffset>(2));

    private sealed record SentNotification(Guid Id, string Recipient, DateTimeOffset? SendingAt);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} mails of notifications of user {UserId} came back")]
        public static partial void CameBack(ILogger logger, int count, Guid userId);
    }
}
