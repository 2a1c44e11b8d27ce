using Npgsql;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Claims mails that are due, until the end of the transaction; what another check has claimed is left to it.</summary>
internal static class ClaimDueMails
{
    // idx_tracked_emails_active_tracking; the last reminder by idx_notifications_dedup, under its NotificationKeys.Reminder
    private const string Sql =
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

    /// <summary>Claims at most so many.</summary>
    public static async Task<IReadOnlyList<DueMail>> ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var mails = new List<DueMail>();
        while (await reader.ReadAsync(cancellation))
            mails.Add(Read(reader));
        return mails;
    }

    private static DueMail Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetGuid(2),
        row.GetString(3),
        row.GetString(4),
        row.GetInt32(5),
        row.GetFieldValue<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7),
        Time(row, 8),
        row.GetInt16(9),
        Time(row, 10),
        Time(row, 11));

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
