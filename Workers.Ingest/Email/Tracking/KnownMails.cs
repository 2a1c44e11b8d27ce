namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Which mails are stored already. Nothing else is stored meanwhile: the transaction is alone in its account.</summary>
internal static class KnownMails
{
    // One look-up a key, by idx_tracked_emails_message and idx_received_emails_message; see AccountTransaction.
    private const string SentSql =
        """
        SELECT mail.id, wanted.key
        FROM unnest($2::uuid[]) AS wanted (key)
        CROSS JOIN LATERAL (SELECT id FROM tracked_emails WHERE account_id = (SELECT $1::uuid) AND message_key = wanted.key LIMIT 1) AS mail
        """;

    private const string ReceivedSql =
        """
        SELECT mail.id, wanted.key
        FROM unnest($2::uuid[]) AS wanted (key)
        CROSS JOIN LATERAL (SELECT id FROM received_emails WHERE account_id = (SELECT $1::uuid) AND message_key = wanted.key LIMIT 1) AS mail
        """;

    /// <summary>The ids of the sent mails that there are, by their keys.</summary>
    public static Task<Dictionary<Guid, Guid>> SentAsync(AccountTransaction account, Guid[] keys, CancellationToken cancellation) =>
        ReadAsync(account, SentSql, keys, cancellation);

    /// <summary>The ids of the received mails that there are, by their keys.</summary>
    public static Task<Dictionary<Guid, Guid>> ReceivedAsync(AccountTransaction account, Guid[] keys, CancellationToken cancellation) =>
        ReadAsync(account, ReceivedSql, keys, cancellation);

    private static async Task<Dictionary<Guid, Guid>> ReadAsync(
        AccountTransaction account, string sql, Guid[] keys, CancellationToken cancellation)
    {
        var known = new Dictionary<Guid, Guid>();
        if (keys.Length == 0)
            return known;
        await using var command = account.Command(sql);
        AccountTransaction.Add(command, keys);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            known.Add(reader.GetGuid(1), reader.GetGuid(0));
        return known;
    }
}
