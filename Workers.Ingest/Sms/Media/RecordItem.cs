using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Sms;
using Switchboard.Core.Sms.Media;
using Switchboard.Workers.Ingest.Sms.Entities;
using Switchboard.Workers.Ingest.Sms.Messages;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>
/// Records what a try came to, and asks the rules about the item's text when it waits for nothing else, in one transaction. A try after
/// which another one was begun is not recorded; of an item that was deleted meanwhile nothing is kept.
/// </summary>
internal sealed class RecordItem(
    NpgsqlDataSource dataSource, IMediaStore store, SmsRules rules, JobOutbox outbox, MediaMetrics metrics, TimeProvider time)
{
    private const string Sql =
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

    /// <summary>Records a result; what follows from it is published.</summary>
    /// <returns>What becomes of the job.</returns>
    public async Task<JobOutcome> ExecuteAsync(
        MediaItem item, EnrichmentResult result, ItemDecision decision, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var (isRecorded, isThere) = await UpdateAsync(connection, transaction, item, result, decision, cancellation);
        if (!isRecorded && isThere)
            return JobOutcome.Done; // another try has it, or had it

        // while the row is locked, so that no other try has kept it meanwhile
        if (!isThere || decision.Status == ItemDecision.Failed)
            await ForgetAsync(item, result, cancellation);
        var jobs = !isThere || decision.IsSettled
            ? await rules.ApplyAsync(connection, transaction, [item.MessageId], cancellation)
            : [];
        await transaction.CommitAsync(cancellation);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        metrics.Settled(isThere ? decision.Status : "gone");

        await outbox.FlushAsync(jobs, cancellation);
        return isThere ? decision.Outcome : JobOutcome.Done;
    }

    private Task ForgetAsync(MediaItem item, EnrichmentResult result, CancellationToken cancellation)
    {
        var key = result is EnrichmentResult.Failed failed ? failed.StorageKey : MediaKey.Of(item.UserId, item.Id);
        return key is null ? Task.CompletedTask : store.DeleteAsync(key, cancellation);
    }

    private async Task<(bool IsRecorded, bool IsThere)> UpdateAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        MediaItem item,
        EnrichmentResult result,
        ItemDecision decision,
        CancellationToken cancellation)
    {
        var done = result as EnrichmentResult.Completed;
        var transcript = done?.Transcript;
        // a failed item has no file; a pending one the file that its next try need not fetch
        var key = done?.StorageKey ?? (decision.IsSettled ? null : (result as EnrichmentResult.Failed)?.StorageKey);

        await using var command = new NpgsqlCommand(Sql, connection, transaction);
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
            ? TextEntitiesJson.Write(TextEntityFinder.Find(StorableText.From(text), item.Sender, item.ReceivedAt))
            : null);
        Add(NpgsqlDbType.TimestampTz, time.GetUtcNow());
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetBoolean(0), row.GetBoolean(1));

        void Add(NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
    }

    private static string? Storable(string? text) => text is null ? null : StorableText.From(text);
}
