using Npgsql;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>Locks texts about which the rules were not asked yet, so that only one transaction does.</summary>
internal static class LockWaitingSms
{
    // in the order in which texts are taken in, too: who waits for another never does so in a circle
    private const string Sql =
        """
        SELECT id, user_id, sender, recipient, body, received_at
        FROM sms_messages
        WHERE id = ANY ($1) AND matched IS NULL AND outcome = 'accepted'
        ORDER BY message_sid COLLATE "C"
        FOR UPDATE
        """;

    /// <summary>Of these texts, those that wait; a text that another transaction asks about is waited for, and then is none of them.</summary>
    public static async Task<IReadOnlyList<WaitingSms>> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyCollection<Guid> messageIds,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. messageIds] });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var texts = new List<WaitingSms>();
        while (await row.ReadAsync(cancellation))
            texts.Add(new(
                row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5)));
        return texts;
    }
}
