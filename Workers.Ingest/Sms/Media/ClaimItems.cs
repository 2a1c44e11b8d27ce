using Npgsql;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>
/// Claims items for a try. Also those that are claimed: whoever did so died, or its job came twice, and what it finds is not recorded any
/// more. And those that failed: a dead job was replayed.
/// </summary>
internal sealed class ClaimItems(NpgsqlDataSource dataSource)
{
    // locked in the order of their ids: two batches with the same items wait for each other, and never in a circle
    private const string Sql =
        """
        WITH claimable AS (
            SELECT id FROM enrichment_items WHERE id = ANY ($1) AND status <> 'completed' ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE enrichment_items AS item
        SET status = 'processing', attempts = item.attempts + 1, failed_at = NULL
        FROM claimable
        WHERE item.id = claimable.id
        RETURNING item.id, item.user_id, item.message_id, item.attempts, item.media_url, item.content_type, item.storage_key, item.created_at,
                  (SELECT sender FROM sms_messages WHERE sms_messages.id = item.message_id),
                  (SELECT received_at FROM sms_messages WHERE sms_messages.id = item.message_id)
        """;

    /// <summary>Claims those of the items that there are and that are not completed.</summary>
    public async Task<Dictionary<Guid, MediaItem>> ExecuteAsync(IEnumerable<Guid> ids, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var items = new Dictionary<Guid, MediaItem>();
        while (await row.ReadAsync(cancellation))
        {
            var createdAt = row.GetFieldValue<DateTimeOffset>(7);
            items.Add(row.GetGuid(0), new(
                row.GetGuid(0),
                row.GetGuid(1),
                row.GetGuid(2),
                row.GetInt32(3),
                Text(4),
                Text(5),
                Text(6),
                createdAt,
                Text(8) ?? "",
                row.IsDBNull(9) ? createdAt : row.GetFieldValue<DateTimeOffset>(9)));
        }

        return items;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
