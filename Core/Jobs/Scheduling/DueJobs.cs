using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>Due jobs, claimed by a transaction: nobody else gets them while it is open.</summary>
internal static class DueJobs
{
    private const string ClaimSql =
        """
        SELECT id, type, version, worker, priority, payload::text, idempotency_key, attempt, errors::text, enqueued_at, is_replay, trace_parent,
               state = 'recurring', name, due_at
        FROM scheduled_jobs
        WHERE due_at <= $1
          AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::smallint[]) AS resting (worker, priority)
                          WHERE resting.worker = scheduled_jobs.worker AND resting.priority = scheduled_jobs.priority)
        ORDER BY due_at
        LIMIT $2
        FOR UPDATE SKIP LOCKED
        """;

    // turns that were missed are skipped, and those that come keep the beat of the first
    private const string ReleaseSql =
        """
        UPDATE scheduled_jobs
        SET due_at = due_at + repeat_every * ceil(extract(epoch FROM $2 - due_at) / extract(epoch FROM repeat_every) + 0.000001)
        WHERE id = ANY ($1) AND state = 'recurring'
        """;

    private const string DeleteSql = "DELETE FROM scheduled_jobs WHERE id = ANY ($1) AND state <> 'recurring'";

    /// <summary>The first of them.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="now">What is due by then.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="resting">The lanes whose jobs are left where they are.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<IReadOnlyList<DueJob>> ClaimAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        DateTimeOffset now,
        int limit,
        IReadOnlyCollection<JobQueue> resting,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ClaimSql, connection, transaction);
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = resting.Select(lane => JobQueue.NameOf(lane.Worker)).ToArray() });
        command.Parameters.Add(new() { Value = resting.Select(lane => (short)lane.Priority).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var due = new List<DueJob>();
        while (await reader.ReadAsync(cancellation))
            due.Add(Read(reader, now));
        return due;
    }

    public static async Task ReleaseAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<DueJob> published,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        var ids = published.Select(job => job.RowId).ToArray();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new(DeleteSql) { Parameters = { new() { Value = ids } } });
        if (published.Any(job => job.IsRecurring))
            batch.BatchCommands.Add(new(ReleaseSql) { Parameters = { new() { Value = ids }, new() { Value = now.ToUniversalTime() } } });
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static DueJob Read(NpgsqlDataReader row, DateTimeOffset now)
    {
        var rowId = row.GetGuid(0);
        var isRecurring = row.GetBoolean(12);
        var id = isRecurring ? Guid.CreateVersion7(now) : rowId;
        var payload = row.GetString(5);
        // two schedulers could publish the same turn twice, if one died in between; the key says that it is one
        var key = isRecurring ? $"{row.GetString(13)}/{row.GetFieldValue<DateTimeOffset>(14):O}" : row.GetString(6);
        var message = new JobMessage(
            id,
            row.GetString(1),
            row.GetInt16(2),
            JobQueue.Of(JobQueue.WorkerOf(row.GetString(3)), (JobPriority)row.GetInt16(4)),
            Encoding.UTF8.GetBytes(isRecurring ? WithId(payload, id) : payload),
            key,
            isRecurring ? now : row.GetFieldValue<DateTimeOffset>(9))
        {
            Tag = $"{row.GetString(1)}/{row.GetInt16(2)}",
            Attempt = row.GetInt32(7),
            Errors = JsonSerializer.Deserialize<List<JobError>>(row.GetString(8), JobJson.Options) ?? [],
            IsReplay = row.GetBoolean(10),
            TraceParent = row.IsDBNull(11) ? null : row.GetString(11),
        };
        return new(rowId, message, isRecurring);
    }

    private static string WithId(string template, Guid id)
    {
        var job = JsonNode.Parse(template)!.AsObject();
        job["id"] = id;
        return job.ToJsonString(JobJson.Options);
    }
}
