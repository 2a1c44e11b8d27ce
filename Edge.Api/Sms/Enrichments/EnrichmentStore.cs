using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Media;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>The status of an item.</summary>
internal static class EnrichmentStatus
{
    public const string Pending = "pending";
    public const string Processing = "processing";
    public const string Completed = "completed";
    public const string Failed = "failed";

    public static readonly string[] All = [Pending, Processing, Completed, Failed];
}

/// <summary>What was made of a part of an SMS.</summary>
/// <param name="Id">Its id.</param>
/// <param name="MessageId">The SMS; its other parts have the same.</param>
/// <param name="MessageSid">The provider's id of the SMS.</param>
/// <param name="Part">0 is what the SMS says, n its n-th media file.</param>
/// <param name="Source">sms, or mms when it came with media.</param>
/// <param name="Kind">text, image, audio, video or document.</param>
/// <param name="Status">pending, processing, completed or failed.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Attempts">How often its media was requested.</param>
/// <param name="From">The sender of the SMS.</param>
/// <param name="To">The number that it was sent to.</param>
/// <param name="Text">What the SMS says, if this is that part.</param>
/// <param name="ContentType">What the file is: as announced, once completed as its bytes say.</param>
/// <param name="SizeBytes">How large the file is.</param>
/// <param name="Transcript">What is said in it, if it is audio.</param>
/// <param name="TranscriptConfidence">The confidence of the transcript, 0 to 1.</param>
/// <param name="TranscriptNote">Why audio has no transcript.</param>
/// <param name="Entities">links, dates, phoneNumbers and amounts of the words or the transcript, as they were found.</param>
/// <param name="ReceivedAt">When the SMS came.</param>
/// <param name="CreatedAt">When the item was made.</param>
/// <param name="CompletedAt">When it was completed.</param>
/// <param name="FailedAt">When it failed.</param>
internal record EnrichmentResponse(
    Guid Id,
    Guid MessageId,
    string? MessageSid,
    int Part,
    string Source,
    string Kind,
    string Status,
    string? Reason,
    int Attempts,
    string? From,
    string? To,
    string? Text,
    string? ContentType,
    long? SizeBytes,
    string? Transcript,
    float? TranscriptConfidence,
    string? TranscriptNote,
    JsonElement? Entities,
    DateTimeOffset? ReceivedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset? FailedAt);

/// <summary>An item, and where its file can be fetched.</summary>
internal sealed record EnrichmentDetail : EnrichmentResponse
{
    public EnrichmentDetail(EnrichmentResponse item, MediaLink? media)
        : base(item) => Media = media;

    /// <summary>Null when there is no file, or not yet.</summary>
    [JsonPropertyOrder(1)]
    public MediaLink? Media { get; }
}

/// <summary>How far an item is, and what may be left of its tries.</summary>
/// <param name="Status">How far it is.</param>
/// <param name="Part">0 is the SMS itself, which has no file.</param>
/// <param name="HasMediaUrl">Whether its provider said where the file is.</param>
/// <param name="StorageKey">Where its file is kept.</param>
/// <param name="Attempts">How often it was asked for.</param>
internal sealed record ItemState(string Status, int Part, bool HasMediaUrl, string? StorageKey, int Attempts)
{
    public bool IsSettled => Status is EnrichmentStatus.Completed or EnrichmentStatus.Failed;

    /// <summary>All names under which something of it may be kept: a try that died may have kept a file and not said so.</summary>
    public IEnumerable<string> MediaKeys(Guid userId, Guid id) => Part == 0
        ? []
        : MediaKey.UpTo(userId, id, Attempts).Append(StorageKey).OfType<string>().Distinct();
}

/// <summary>The enrichment items of users, as the API shows and changes them.</summary>
internal sealed class EnrichmentStore(NpgsqlDataSource dataSource, ReadDatabase database, QueryMonitor queries, MediaLinks links)
{
    private const string Columns =
        """
        i.id, i.message_id, m.message_sid, i.part, i.source, i.kind, i.status, i.reason, i.attempts, m.sender, m.recipient, i.text,
        i.content_type, i.size_bytes, i.transcript, i.transcript_confidence, i.transcript_note, i.entities,
        m.received_at, i.created_at, i.completed_at, i.failed_at
        """;

    private const int ColumnCount = 22;

    private const string FindSql =
        $"""
        SELECT {Columns}, i.storage_key IS NOT NULL
        FROM enrichment_items i
        LEFT JOIN sms_messages m ON m.id = i.message_id
        WHERE i.id = $1 AND i.user_id = $2
        """;

    // idx_enrichment_items_user, or with a status idx_enrichment_items_user_status
    private const string ListSql =
        $"""
        SELECT {Columns}
        FROM enrichment_items i
        LEFT JOIN sms_messages m ON m.id = i.message_id
        WHERE i.user_id = $1
          AND ($2::text IS NULL OR i.status = $2)
          AND ($3::timestamptz IS NULL OR (i.created_at >= $3 AND i.id > $4::uuid))
          AND ($5::uuid IS NULL OR i.id < $5)
        ORDER BY i.id DESC
        LIMIT $6
        """;

    // idx_enrichment_items_user_source_status: a page of each state that is asked for, and the newest of those
    private const string ListBySourceSql =
        $"""
        SELECT {Columns}
        FROM unnest($2::text[]) AS wanted (status)
        CROSS JOIN LATERAL (
            SELECT *
            FROM enrichment_items
            WHERE user_id = $1 AND source = $7 AND status = wanted.status
              AND ($3::timestamptz IS NULL OR (created_at >= $3 AND id > $4::uuid))
              AND ($5::uuid IS NULL OR id < $5)
            ORDER BY id DESC
            LIMIT $6
        ) i
        LEFT JOIN sms_messages m ON m.id = i.message_id
        ORDER BY i.id DESC
        LIMIT $6
        """;

    private const string StateSql =
        "SELECT status, part, media_url IS NOT NULL, storage_key, attempts FROM enrichment_items WHERE id = $1 AND user_id = $2";

    private const string LockStateSql = $"{StateSql} FOR UPDATE";

    private const string ResetSql =
        """
        UPDATE enrichment_items
        SET status = 'pending', reason = NULL, failed_at = NULL
        WHERE id = $1 AND user_id = $2
        """;

    // part 0 is what the SMS says: its words go with it, and that it came stays
    private const string DeleteSql =
        """
        WITH gone AS (
            DELETE FROM enrichment_items WHERE id = $1 AND user_id = $2 AND status IN ('completed', 'failed')
            RETURNING message_id, part),
        words AS (
            UPDATE sms_messages AS m SET body = '' FROM gone WHERE m.id = gone.message_id AND gone.part = 0 AND m.user_id = $2)
        SELECT count(*)::int FROM gone
        """;

    private const string FileSql =
        """
        SELECT storage_key, content_type, size_bytes
        FROM enrichment_items
        WHERE id = $1 AND status = 'completed' AND storage_key IS NOT NULL
        """;

    /// <summary>An item of the user, with a link to its file.</summary>
    public Task<EnrichmentDetail?> FindAsync(Guid id, Guid userId, HttpRequest request, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id, userId).FirstAsync(
            row =>
            {
                var item = Read(row);
                var hasFile = item.Status == EnrichmentStatus.Completed && row.GetBoolean(ColumnCount);
                return new EnrichmentDetail(item, hasFile ? links.For(item, request) : null);
            },
            cancellationToken);

    /// <summary>Items of the user, newest first.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="source">Only those of SMS, or of MMS.</param>
    /// <param name="status">Only those in this state.</param>
    /// <param name="since">Only those made at this time or later.</param>
    /// <param name="after">Only those older than this one.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<List<EnrichmentResponse>> ListAsync(
        Guid userId, string? source, string? status, DateTimeOffset? since, Guid? after, int count, CancellationToken cancellationToken)
    {
        Guid? lowest = since is { } earliest ? TimeOrderedId.Before(earliest) : null;
        return database.ReadAsync(
            userId,
            server => queries.RunAsync(
                source is null ? "enrichments" : "enrichments-by-source",
                source is null
                    ? server.Command(ListSql, userId, status, since, lowest, after, count)
                    : server.Command(
                        ListBySourceSql, userId, status is null ? EnrichmentStatus.All : [status], since, lowest, after, count, source),
                (command, ct) => command.ListAsync(Read, ct),
                cancellationToken),
            cancellationToken);
    }

    /// <summary>How far an item of the user is.</summary>
    public Task<ItemState?> StateAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(StateSql, id, userId).FirstAsync(ReadState, cancellationToken);

    /// <summary>The same, locked until the transaction ends.</summary>
    public Task<ItemState?> LockStateAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(LockStateSql, id, userId).FirstAsync(ReadState, cancellationToken);

    /// <summary>Makes an item wait for its next try.</summary>
    public Task ResetAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(ResetSql, id, userId).RunAsync(cancellationToken);

    /// <summary>Deletes an item that is settled, with the words of its SMS if it is those; false when there is none.</summary>
    public async Task<bool> DeleteAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        await dataSource.Command(DeleteSql, id, userId).ScalarAsync<int>(cancellationToken) > 0;

    /// <summary>The file of an item of any user: the caller shows the token of its link.</summary>
    public Task<KeptFile?> FileAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FileSql, id).FirstAsync(
            row => new KeptFile(row.GetString(0), row.Text(1) ?? "application/octet-stream", row.Nullable<long>(2)), cancellationToken);

    private static ItemState ReadState(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetInt16(1), row.GetBoolean(2), row.Text(3), row.GetInt32(4));

    private static EnrichmentResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.Text(2),
        row.GetInt16(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.Text(7),
        row.GetInt32(8),
        row.Text(9),
        row.Text(10),
        row.Text(11),
        row.Text(12),
        row.Nullable<long>(13),
        row.Text(14),
        row.Nullable<float>(15),
        row.Text(16),
        row.Text(17) is { } entities ? JsonSerializer.Deserialize<JsonElement>(entities) : null,
        row.Nullable<DateTimeOffset>(18),
        row.GetFieldValue<DateTimeOffset>(19),
        row.Nullable<DateTimeOffset>(20),
        row.Nullable<DateTimeOffset>(21));
}
