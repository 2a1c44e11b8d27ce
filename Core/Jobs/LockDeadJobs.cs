using Npgsql;

namespace Switchboard.Core.Jobs;

/// <summary>Reads dead jobs as the messages they become when replayed, and keeps others from replaying them too; null for one of a worker that is not known here.</summary>
internal static class LockDeadJobs
{
    private const string Sql =
        """
        SELECT id, type, version, worker, priority, payload, idempotency_key, trace_parent
        FROM dead_jobs

        """;

    public static async Task<IReadOnlyList<JobMessage?>> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string which,
        NpgsqlParameter[] parameters,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"{Sql}{which} FOR UPDATE SKIP LOCKED", connection, transaction);
        command.Parameters.AddRange(parameters);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var messages = new List<JobMessage?>();
        while (await row.ReadAsync(cancellation))
        {
            var worker = JobTypes.WorkerOf(row.GetString(1)) ?? JobQueue.FindWorker(row.GetString(3));
            if (worker is null || !Enum.IsDefined((JobPriority)row.GetInt16(4)))
            {
                messages.Add(null);
                continue;
            }

            messages.Add(new JobMessage(
                row.GetGuid(0),
                row.GetString(1),
                row.GetInt16(2),
                JobQueue.Of(worker.Value, (JobPriority)row.GetInt16(4)),
                row.GetFieldValue<byte[]>(5),
                row.GetString(6),
                now)
            {
                IsReplay = true,
                TraceParent = row.IsDBNull(7) ? null : row.GetString(7),
            });
        }

        return messages;
    }
}
