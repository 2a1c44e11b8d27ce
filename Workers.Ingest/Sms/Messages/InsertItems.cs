using Npgsql;

namespace Switchboard.Workers.Ingest.Sms.Messages;

/// <summary>Makes enrichment items, all in one statement.</summary>
internal static class InsertItems
{
    private const string Sql =
        """
        INSERT INTO enrichment_items (id, user_id, message_id, part, source, kind, status, reason, text, media_url, content_type, entities,
                                      created_at, completed_at, failed_at)
        SELECT id, user_id, message_id, part, source, kind, status, reason, text, media_url, content_type, entities::jsonb,
               $13, CASE WHEN status = 'completed' THEN $13 END, CASE WHEN status = 'failed' THEN $13 END
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                    $11::text[], $12::text[])
            AS item (id, user_id, message_id, part, source, kind, status, reason, text, media_url, content_type, entities)
        """;

    public static async Task ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<NewItem> items,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        Add(item => item.Id);
        Add(item => item.Of.Incoming.UserId);
        Add(item => item.Of.Id);
        Add(item => item.Part);
        Add(item => item.Of.Incoming.Source);
        Add(item => item.Kind);
        Add(item => item.Status);
        Add(item => item.Reason);
        Add(item => item.Text);
        Add(item => item.MediaUrl);
        Add(item => item.ContentType);
        Add(item => item.Entities);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        await command.ExecuteNonQueryAsync(cancellation);

        void Add<T>(Func<NewItem, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. items.Select(column)] });
    }
}
