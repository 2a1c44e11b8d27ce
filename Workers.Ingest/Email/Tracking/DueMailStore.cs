using System.Text.Json;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>The tracked mails about which there may be something to do, with their accounts.</summary>
internal static partial class DueMailStore
{
    // idx_tracked_emails_active_tracking; the last reminder by idx_notifications_dedup, under its NotificationKeys.Reminder
    private const string ClaimSql =
        """
        SELECT id, account_id, user_id, subject, recipient, cardinality(recipients), sent_at, expires_at, remind_at, reminders,
               (SELECT n.created_at FROM notifications AS n
                WHERE n.user_id = mail.user_id AND n.dedup_key = 'reminder:' || mail.id || '/' || mail.reminders), snoozed_until
        FROM tracked_emails AS mail
        WHERE status = 'active' AND next_check_at <= $1
        ORDER BY next_check_at
        LIMIT $2
        FOR UPDATE SKIP LOCKED
        """;

    /// <summary>How many of the mails that are due next are whose.</summary>
    public static Task<List<(Guid UserId, int Count)>> CountAsync(
        NpgsqlDataSource dataSource, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(
            """
            SELECT user_id, count(*)::int
            FROM (SELECT user_id FROM tracked_emails WHERE status = 'active' AND next_check_at <= $1 ORDER BY next_check_at LIMIT $2) AS due
            GROUP BY user_id
            """,
            now, limit).ListAsync(row => (row.GetGuid(0), row.GetInt32(1)), cancellationToken);

    /// <summary>Claims at most so many mails that are due, until the end of the transaction; what another check has claimed is left to
    /// it.</summary>
    public static Task<List<DueMail>> ClaimAsync(
        NpgsqlTransaction transaction, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        transaction.Command(ClaimSql, now, limit).ListAsync(ReadMail, cancellationToken);

    private static DueMail ReadMail(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetGuid(2),
        row.GetString(3),
        row.GetString(4),
        row.GetInt32(5),
        row.GetFieldValue<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7),
        row.Nullable<DateTimeOffset>(8),
        row.GetInt16(9),
        row.Nullable<DateTimeOffset>(10),
        row.Nullable<DateTimeOffset>(11));

    private const string AccountsSql = "SELECT id, status = 'active', tracking, tracking_since FROM mailboxes WHERE id = ANY ($1)";

    /// <summary>What accounts want now, of those that there are. One whose policy cannot be read counts as not active: its mails wait
    /// until it can.</summary>
    public static async Task<IReadOnlyDictionary<Guid, DueAccount>> LoadAccountsAsync(
        NpgsqlTransaction transaction, Guid[] ids, ILogger logger, CancellationToken cancellationToken)
    {
        var rows = await transaction.Command(AccountsSql, (object)ids).ListAsync(
            row => (Id: row.GetGuid(0), Account: ReadAccount(row)), cancellationToken);
        return rows.ToDictionary(
            row => row.Id, row => row.Account is { } account && HasZone(account) ? account : Unreadable(row.Id, logger));
    }

    private static DueAccount? ReadAccount(NpgsqlDataReader row)
    {
        if (row.IsDBNull(2))
            return new DueAccount(row.GetBoolean(1), null, null);
        try
        {
            return new DueAccount(row.GetBoolean(1), TrackingJson.Read(row.GetString(2)).FollowUp, row.GetFieldValue<DateTimeOffset>(3));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool HasZone(DueAccount account) =>
        account.FollowUp is not { } followUp || TimeZoneInfo.TryFindSystemTimeZoneById(followUp.TimeZone, out _);

    private static DueAccount Unreadable(Guid id, ILogger logger)
    {
        Log.Unreadable(logger, id);
        return new DueAccount(IsActive: false, null, null);
    }

    private const string WriteSql =
        """
        UPDATE tracked_emails AS mail
        SET status = CASE WHEN decision.action = 2 THEN 'expired' ELSE mail.status END,
            reminders = mail.reminders + CASE WHEN decision.action = 1 THEN 1 ELSE 0 END,
            remind_at = decision.remind_at,
            next_check_at = decision.next_check_at,
            updated_at = CASE WHEN decision.is_shown THEN $6 ELSE mail.updated_at END
        FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::boolean[])
            AS decision (id, action, remind_at, next_check_at, is_shown)
        WHERE mail.id = decision.id
        """;

    /// <summary>Writes what was decided about claimed mails.</summary>
    public static Task WriteAsync(
        NpgsqlTransaction transaction, IReadOnlyList<DecidedMail> decided, DateTimeOffset now, CancellationToken cancellationToken)
    {
        return transaction.Command(
            WriteSql,
            Column(mail => mail.Mail.Id),
            Column(mail => (int)mail.Decision.Action),
            Column(mail => mail.Decision.RemindAt),
            Column(mail => mail.Decision.NextCheckAt),
            Column(mail => mail.IsShown),
            now).RunAsync(cancellationToken);

        T[] Column<T>(Func<DecidedMail, T> column) => [.. decided.Select(column)];
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The tracking policy of account {AccountId} cannot be read: nobody is reminded of its mails")]
        public static partial void Unreadable(ILogger logger, Guid accountId);
    }
}
