using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Analytics.Worker.Events;

/// <summary>
/// Adds events to the roll-ups, those of a job once: its id is noted in the transaction that adds them. A job with an event that this
/// process does not know, as while a new version is rolled out, is retried and keeps no other from being counted.
/// </summary>
internal sealed class RecordEventsHandler(NpgsqlDataSource dataSource, TimeProvider timeProvider) : IJobHandler<RecordEvents>
{
    private const string ClaimSql =
        """
        INSERT INTO counted_facts (job_id, counted_at)
        SELECT job_id, $2 FROM unnest($1::uuid[]) AS batch (job_id)
        ON CONFLICT DO NOTHING
        RETURNING job_id
        """;

    private const string AddSql =
        """
        INSERT INTO notification_rollups AS rollup
            (user_id, granularity, bucket, channel, created, sent, delivered, read, failed, cancelled, delivery_ms)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
                             $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])
        ON CONFLICT (user_id, granularity, bucket, channel) DO UPDATE SET
            created     = rollup.created + excluded.created,
            sent        = rollup.sent + excluded.sent,
            delivered   = rollup.delivered + excluded.delivered,
            read        = rollup.read + excluded.read,
            failed      = rollup.failed + excluded.failed,
            cancelled   = rollup.cancelled + excluded.cancelled,
            delivery_ms = rollup.delivery_ms + excluded.delivery_ms
        """;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RecordEvents>> batch, CancellationToken cancellationToken)
    {
        // both statements lock their rows in the order of the key, so that two processes with the same rows cannot deadlock
        var jobs = batch.Select(delivery => delivery.Job).Where(job => UnknownKindOf(job) is null)
            .DistinctBy(job => job.Id).OrderBy(job => job.Id).ToArray();

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var claimed = await ClaimAsync(connection, transaction, [.. jobs.Select(job => job.Id)], cancellationToken);
        var rows = Rollup.Of(jobs.Where(job => claimed.Contains(job.Id)).SelectMany(job => job.Facts));
        await AddAsync(connection, transaction, rows, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. batch.Select(delivery => UnknownKindOf(delivery.Job) is { } kind
            ? JobOutcome.Retry($"There is no event '{kind}' in this version.")
            : JobOutcome.Done)];
    }

    private static string? UnknownKindOf(RecordEvents job) => job.Facts.FirstOrDefault(one => !RollupRow.Knows(one.Kind))?.Kind;

    // Answers those that were not counted before.
    private async Task<HashSet<Guid>> ClaimAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ClaimSql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = timeProvider.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new HashSet<Guid>(ids.Length);
        while (await reader.ReadAsync(cancellationToken))
            claimed.Add(reader.GetGuid(0));
        return claimed;
    }

    private static async Task AddAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<RollupRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        await using var command = new NpgsqlCommand(AddSql, connection, transaction);
        Add(row => row.UserId);
        Add(row => row.Granularity);
        Add(row => row.Bucket);
        Add(row => row.Channel);
        Add(row => row.Created);
        Add(row => row.Sent);
        Add(row => row.Delivered);
        Add(row => row.Read);
        Add(row => row.Failed);
        Add(row => row.Cancelled);
        Add(row => row.DeliveryMs);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(Func<RollupRow, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. rows.Select(column)] });
    }
}
