namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Says that tracked mails have changed, in the transaction that changes them: nobody goes on showing what was cached of them,
/// and analytics counts their hours again. Always the last thing that a transaction locks, in the same order: two never wait for each
/// other.</summary>
internal static class TrackedChanges
{
    private const string VersionsSql =
        """
        UPDATE mailboxes
        SET data_version = data_version + 1
        FROM (SELECT id FROM mailboxes WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE) AS locked
        WHERE mailboxes.id = locked.id
        """;

    private const string HoursSql =
        """
        INSERT INTO tracked_email_changes AS change (account_id, hour)
        SELECT account_id, hour
        FROM unnest($1::uuid[], $2::timestamptz[]) AS changed (account_id, hour)
        ORDER BY account_id, hour
        ON CONFLICT (account_id, hour) DO UPDATE SET version = change.version + 1
        """;

    /// <summary>Notes changes.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="accounts">The accounts of which something that is shown has changed.</param>
    /// <param name="mails">The mails that stats are made of: of which account, and when each was sent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task NoteAsync(
        NpgsqlTransaction transaction,
        IEnumerable<Guid> accounts,
        IEnumerable<(Guid AccountId, DateTimeOffset SentAt)> mails,
        CancellationToken cancellationToken)
    {
        Guid[] changed = [.. accounts.Distinct()];
        if (changed.Length == 0)
            return;
        var hours = mails.Select(mail => (mail.AccountId, Hour: HourOf(mail.SentAt))).Distinct().ToArray();

        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands = { new(VersionsSql), new(HoursSql) },
        };
        batch.BatchCommands[0].Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = changed });
        batch.BatchCommands[1].Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. hours.Select(hour => hour.AccountId)] });
        batch.BatchCommands[1].Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. hours.Select(hour => hour.Hour)] });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DateTimeOffset HourOf(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);
}
