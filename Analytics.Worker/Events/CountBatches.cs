using Npgsql;

namespace Switchboard.Analytics.Worker.Events;

/// <summary>Notes which batches of facts are counted, within the transaction that counts them.</summary>
internal static class CountBatches
{
    /// <summary>Notes batches by their jobs' ids, and returns those that were not counted before.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="ids">The ids in their order: two processes with the same batches wait for each other, and never in a circle.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<HashSet<Guid>> ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid[] ids, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO counted_facts (job_id, counted_at)
            SELECT job_id, $2 FROM unnest($1::uuid[]) AS batch (job_id)
            ON CONFLICT DO NOTHING
            RETURNING job_id
            """,
            connection,
            transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var counted = new HashSet<Guid>(ids.Length);
        while (await reader.ReadAsync(cancellation))
            counted.Add(reader.GetGuid(0));
        return counted;
    }
}
