using Npgsql;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Writes what was decided about claimed mails.</summary>
internal static class WriteDecisions
{
    private const string Sql =
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

    /// <summary>Writes all of them.</summary>
    public static async Task ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<DecidedMail> decided,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        Add(mail => mail.Mail.Id);
        Add(mail => (int)mail.Decision.Action);
        Add(mail => mail.Decision.RemindAt);
        Add(mail => mail.Decision.NextCheckAt);
        Add(mail => mail.IsShown);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        await command.ExecuteNonQueryAsync(cancellation);

        void Add<T>(Func<DecidedMail, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. decided.Select(column)] });
    }
}
