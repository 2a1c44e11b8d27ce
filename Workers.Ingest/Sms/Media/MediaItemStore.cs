using NpgsqlTypes;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Sms.Entities;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>An enrichment item whose file is to be fetched, claimed for one try.</summary>
/// <param name="Id">Its row in <c>enrichment_items</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="MessageId">The SMS that it is a part of, a row in <c>sms_messages</c>.</param>
/// <param name="Attempt">Which try this is. Only the last that was begun is recorded.</param>
/// <param name="MediaUrl">Where the file is; null when the provider did not say.</param>
/// <param name="ContentType">What the provider says that it is.</param>
/// <param name="StorageKey">Where an earlier try, that came no further, has kept it.</param>
/// <param name="CreatedAt">When the item was made.</param>
/// <param name="Sender">Who sent the SMS; empty when it is not kept any more.</param>
/// <param name="ReceivedAt">When the SMS was received.</param>
internal sealed record MediaItem(
    Guid Id,
    Guid UserId,
    Guid MessageId,
    int Attempt,
    string? MediaUrl,
    string? ContentType,
    string? StorageKey,
    DateTimeOffset CreatedAt,
    string Sender,
    DateTimeOffset ReceivedAt);

/// <summary>The enrichment items whose files are fetched.</summary>
internal sealed class MediaItemStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    // rows are locked in key order, so two processes cannot deadlock
    private const string ClaimSql =
        """
        WITH claimable AS (
            SELECT id FROM enrichment_items WHERE id = ANY ($1) AND status <> 'completed' ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE enrichment_items AS item
        SET status = 'processing', attempts = item.attempts + 1, failed_at = NULL
        FROM claimable
        WHERE item.id = claimable.id
        RETURNING item.id, item.user_id, item.message_id, item.attempts, item.media_url, item.content_type, item.storage_key,
        item.created_at,
                  (SELECT sender FROM sms_messages WHERE sms_messages.id = item.message_id),
                  (SELECT received_at FROM sms_messages WHERE sms_messages.id = item.message_id)
        """;

    private const string RecordSql =
        """
        WITH recorded AS (
            UPDATE enrichment_items
            SET status = $3, reason = $4, kind = COALESCE($5, kind), content_type = COALESCE($6, content_type), size_bytes = $7,
                storage_key = $8, transcript = $9, transcript_confidence = $10, transcript_note = $11, entities = $12,
                completed_at = CASE WHEN $3 = 'completed' THEN $13 END, failed_at = CASE WHEN $3 = 'failed' THEN $13 END
            WHERE id = $1 AND attempts = $2 AND status = 'processing'
            RETURNING id
        )
        SELECT EXISTS (SELECT FROM recorded), EXISTS (SELECT FROM enrichment_items WHERE id = $1)
        """;

    /// <summary>
    /// Claims those of the items that there are and that are not completed, for a try. Also those that are claimed: whoever did so died, or
    /// its job came twice, and what it finds is not recorded any more. And those that failed: a dead job was replayed.
    /// </summary>
    public async Task<Dictionary<Guid, MediaItem>> ClaimAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var items = await dataSource.Command(ClaimSql, (object)ids.ToArray()).ListAsync(Read, cancellationToken);
        return items.ToDictionary(item => item.Id);
    }

    private static MediaItem Read(NpgsqlDataReader row)
    {
        var createdAt = row.GetFieldValue<DateTimeOffset>(7);
        return new(
            row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetInt32(3), row.Text(4), row.Text(5), row.Text(6), createdAt,
            row.Text(8) ?? "", row.Nullable<DateTimeOffset>(9) ?? createdAt);
    }

    /// <summary>Records what a try came to, unless another one was begun after it.</summary>
    /// <returns>Whether it is recorded, and whether the item is still there.</returns>
    public async Task<(bool IsRecorded, bool IsThere)> RecordAsync(
        NpgsqlTransaction transaction, MediaItem item, EnrichmentResult result, ItemDecision decision, CancellationToken cancellationToken)
    {
        var done = result as EnrichmentResult.Completed;
        var transcript = done?.Transcript;
        // a failed item has no file; a pending one the file that its next try need not fetch
        var key = done?.StorageKey ?? (decision.IsSettled ? null : (result as EnrichmentResult.Failed)?.StorageKey);

        await using var command = new NpgsqlCommand(RecordSql, transaction.Connection, transaction);
        Add(NpgsqlDbType.Uuid, item.Id);
        Add(NpgsqlDbType.Integer, item.Attempt);
        Add(NpgsqlDbType.Text, decision.Status);
        Add(NpgsqlDbType.Text, Storable(decision.Reason));
        Add(NpgsqlDbType.Text, done is null ? null : MediaKind.Of(done.ContentType));
        Add(NpgsqlDbType.Text, done?.ContentType);
        Add(NpgsqlDbType.Bigint, done?.SizeBytes);
        Add(NpgsqlDbType.Text, key);
        Add(NpgsqlDbType.Text, Storable(transcript?.Text));
        Add(NpgsqlDbType.Real, transcript?.Confidence);
        Add(NpgsqlDbType.Text, Storable(transcript?.Note));
        Add(NpgsqlDbType.Jsonb, transcript?.Text is { } text
            ? TextEntitiesJson.Write(TextEntityFinder.Find(StorableText.From(text), PhoneNumber.ContactOf(item.Sender) ?? item.Sender, item.ReceivedAt))
            : null);
        Add(NpgsqlDbType.TimestampTz, timeProvider.GetUtcNow());
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetBoolean(0), row.GetBoolean(1));

        void Add(NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
    }

    private static string? Storable(string? text) => text is null ? null : StorableText.From(text);
}

/// <summary>What an enrichment item is, as stored and shown.</summary>
internal static class MediaKind
{
    public const string Text = "text";
    public const string Image = "image";
    public const string Audio = "audio";
    public const string Video = "video";
    public const string Document = "document";

    /// <summary>The kind of a media type (RFC 6838), with or without parameters; what is none of the others is a document.</summary>
    public static string Of(string? contentType)
    {
        var type = (contentType ?? "").TrimStart();
        return Is("image/") ? Image : Is("audio/") ? Audio : Is("video/") ? Video : Document;

        bool Is(string top) => type.StartsWith(top, StringComparison.OrdinalIgnoreCase);
    }
}
