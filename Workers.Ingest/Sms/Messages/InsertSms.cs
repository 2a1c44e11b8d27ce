using Npgsql;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>
/// Takes texts, each once; those that were taken before are left as they are. One of which there is a row that says it was not taken (its
/// number was not verified then, or it was over the limit) is taken in that row.
/// </summary>
internal static class InsertSms
{
    private const string Sql =
        """
        INSERT INTO sms_messages (id, message_sid, user_id, sender, recipient, body, media_count, outcome, received_at, processed_at, matched)
        SELECT id, message_sid, user_id, sender, recipient, body, media_count, 'accepted', received_at, $9, matched
        FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::timestamptz[], $10::smallint[])
            AS text (id, message_sid, user_id, sender, recipient, body, media_count, received_at, matched)
        ON CONFLICT (message_sid) DO UPDATE
            SET user_id = excluded.user_id, sender = excluded.sender, recipient = excluded.recipient, body = excluded.body,
                media_count = excluded.media_count, outcome = excluded.outcome, received_at = excluded.received_at,
                processed_at = excluded.processed_at, matched = excluded.matched
            WHERE sms_messages.outcome <> 'accepted'
        RETURNING message_sid, id
        """;

    /// <summary>Inserts the texts and returns the rows of those that are new, by their sid.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="texts">The texts, each once and in the order of their sids: two processes with the same texts wait for each other, and never
    /// in a circle.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<Dictionary<string, Guid>> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<MatchedSms> texts,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        Add(text => text.Id);
        Add(text => text.Incoming.Sid);
        Add(text => text.Incoming.UserId);
        Add(text => StorableText.From(text.Incoming.Text.From));
        Add(text => StorableText.From(text.Incoming.Text.To));
        Add(text => text.Incoming.Body);
        Add(text => (short)Math.Min(text.Incoming.Text.Media.Count, short.MaxValue));
        Add(text => text.Incoming.Text.ReceivedAt.ToUniversalTime());
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        Add(text => text.Rules is null ? null : (short?)Math.Min(text.Rules.Count, short.MaxValue));

        await using var row = await command.ExecuteReaderAsync(cancellation);
        var taken = new Dictionary<string, Guid>(texts.Count, StringComparer.Ordinal);
        while (await row.ReadAsync(cancellation))
            taken.Add(row.GetString(0), row.GetGuid(1));
        return taken;

        void Add<T>(Func<MatchedSms, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. texts.Select(column)] });
    }
}
