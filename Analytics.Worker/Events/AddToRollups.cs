using Npgsql;

namespace Switchboard.Analytics.Worker.Events;

/// <summary>Adds to roll-ups, all rows in one statement.</summary>
internal static class AddToRollups
{
    private const string Sql =
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

    /// <summary>Adds the rows, which are locked in the order in which they come.</summary>
    public static async Task ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<RollupRow> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return;
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
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
        await command.ExecuteNonQueryAsync(cancellation);

        void Add<T>(Func<RollupRow, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. rows.Select(column)] });
    }
}
