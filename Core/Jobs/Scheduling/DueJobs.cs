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
        SELECT id, type, version, worker, priority, payload::text, idempotency_key, attempt, errors::text, enqueued_at, is_replay,
        trace_parent,
               state = 'recurring', name, due_at
        FROM scheduled_jobs
        WHERE due_at <= $1
          AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::smallint[]) AS resting (worker, priority)
                          WHERE resting.worker = scheduled_jobs.worker AND resting.priority = scheduled_jobs.priority)
        ORDER BY due_at
        LIMIT $2
        FOR UPDATE SKIP LOCKED
        """;

    // runs that were missed are skipped, and those that come keep the rhythm of the first
    private const string ReleaseSql =
        """
        UPDATE scheduled_jobs
        SET due_at = due_at + repeat_every * ceil(extract(epoch FROM $2 - due_at) / extract(epoch FROM repeat_every) + 0.000001)
        WHERE id = ANY ($1) AND state = 'recurring'
        """;

    // a schedule is there once, with the last reason
    private const string BurySql =
        """
        INSERT INTO dead_jobs
            (id, type, version, worker, priority, payload, idempotency_key, attempts, errors, is_replay, error, trace_parent, created_at,
            died_at)
        SELECT id, type, version, worker, priority, convert_to(payload::text, 'UTF8'), idempotency_key, attempt,
               jsonb_build_array(jsonb_build_object('attempt', attempt, 'at', to_jsonb($3::timestamptz), 'error', reason)), is_replay, reason,
               trace_parent, enqueued_at, $3
        FROM unnest($1::uuid[], $2::text[]) AS unreadable (row_id, reason)
        JOIN scheduled_jobs ON id = row_id
        ON CONFLICT (id) DO UPDATE SET
            attempts = excluded.attempts, errors = excluded.errors, error = excluded.error, died_at = excluded.died_at
        """;

    private const string DeleteSql = "DELETE FROM scheduled_jobs WHERE id = ANY ($1) AND state <> 'recurring'";

    /// <summary>The first of them.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="now">What is due by then.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="resting">The queues whose jobs are left where they are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ClaimedJobs> ClaimAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        DateTimeOffset now,
        int limit,
        IReadOnlyCollection<JobQueue> resting,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ClaimSql, connection, transaction);
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = resting.Select(queue => JobQueue.NameOf(queue.Worker)).ToArray() });
        command.Parameters.Add(new() { Value = resting.Select(queue => (short)queue.Priority).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (due, unreadable) = (new List<DueJob>(), new List<UnreadableRow>());
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                due.AddRange(Read(reader, now));
            }
            // of the row, not of the connection: what the server says is thrown by ReadAsync
            catch (Exception reason) when (reason is JsonException or InvalidOperationException or InvalidCastException or FormatException)
            {
                unreadable.Add(new(
                    reader.GetGuid(0), reader.GetBoolean(12), JobErrorText.From($"Its row could not be read: {reason.Message}")));
            }
        }

        return new(due, unreadable);
    }

    /// <summary>Moves rows that cannot be read to <c>dead_jobs</c>, column by column as they are.</summary>
    public static async Task BuryAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<UnreadableRow> rows,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new(BurySql)
        {
            Parameters =
            {
                new() { Value = rows.Select(row => row.RowId).ToArray() },
                new() { Value = rows.Select(row => row.Reason).ToArray() },
                new() { Value = now.ToUniversalTime() },
            },
        });
        AddRelease(batch, [.. rows.Select(row => row.RowId)], rows.Any(row => row.IsRecurring), now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task ReleaseAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<DueJob> published,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        AddRelease(batch, [.. published.Select(job => job.RowId)], published.Any(job => job.IsRecurring), now);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void AddRelease(NpgsqlBatch batch, Guid[] ids, bool anyRecurring, DateTimeOffset now)
    {
        batch.BatchCommands.Add(new(DeleteSql) { Parameters = { new() { Value = ids } } });
        if (anyRecurring)
            batch.BatchCommands.Add(new(ReleaseSql) { Parameters = { new() { Value = ids }, new() { Value = now.ToUniversalTime() } } });
    }

    private static IEnumerable<DueJob> Read(NpgsqlDataReader row, DateTimeOffset now)
    {
        var rowId = row.GetGuid(0);
        return row.GetString(1) == JobEnvelope.Name
            ? JobEnvelope.Read(Encoding.UTF8.GetBytes(row.GetString(5)), QueueOf(row)).Select(job => new DueJob(rowId, job, IsRecurring: false))
            : [ReadOne(row, rowId, now)];
    }

    private static DueJob ReadOne(NpgsqlDataReader row, Guid rowId, DateTimeOffset now)
    {
        var isRecurring = row.GetBoolean(12);
        var id = isRecurring ? Guid.CreateVersion7(now) : rowId;
        var payload = row.GetString(5);
        // two schedulers could publish the same run twice, if one died in between; the key says that it is one
        var key = isRecurring ? $"{row.GetString(13)}/{row.GetFieldValue<DateTimeOffset>(14):O}" : row.GetString(6);
        var message = new JobMessage(
            id,
            row.GetString(1),
            row.GetInt16(2),
            QueueOf(row),
            Encoding.UTF8.GetBytes(isRecurring ? WithId(payload, id) : payload),
            key,
            isRecurring ? now : row.GetFieldValue<DateTimeOffset>(9))
        {
            Tag = TagOf(row),
            Attempt = row.GetInt32(7),
            Errors = JsonSerializer.Deserialize<List<JobError>>(row.GetString(8), JobJson.Options) ?? [],
            IsReplay = row.GetBoolean(10),
            TraceParent = row.IsDBNull(11) ? null : row.GetString(11),
        };
        return new(rowId, message, isRecurring);
    }

    // the type says whose it is; what was written down may be older than the last move of the type to another worker
    private static JobQueue QueueOf(NpgsqlDataReader row)
    {
        var worker = JobTypes.WorkerOf(row.GetString(1)) ?? JobQueue.FindWorker(row.GetString(3))
            ?? throw new FormatException($"there is no worker '{row.GetString(3)}'.");
        return Enum.IsDefined((JobPriority)row.GetInt16(4))
            ? JobQueue.Of(worker, (JobPriority)row.GetInt16(4))
            : throw new FormatException($"there is no priority {row.GetInt16(4)}.");
    }

    // too long, it would end the connection that publishes the jobs of all others
    private static string TagOf(NpgsqlDataReader row)
    {
        var tag = $"{row.GetString(1)}/{row.GetInt16(2)}";
        return Encoding.UTF8.GetByteCount(tag) <= JobMessageProperties.MaxShortString
            ? tag
            : throw new FormatException("the name of its type does not fit into a message.");
    }

    private static string WithId(string template, Guid id)
    {
        var job = JsonNode.Parse(template)!.AsObject();
        job["id"] = id;
        return job.ToJsonString(JobJson.Options);
    }
}

/// <summary>A job whose time has come.</summary>
/// <param name="RowId">Its row, which it may share with others; for a recurring job not the id of the message, which is one of its
/// runs.</param>
/// <param name="Message">What is published.</param>
/// <param name="IsRecurring">Whether the row stays.</param>
internal sealed record DueJob(Guid RowId, JobMessage Message, bool IsRecurring);

/// <summary>A due row that no job could be read from.</summary>
/// <param name="RowId">Its id.</param>
/// <param name="IsRecurring">Whether it is a schedule, which stays: a newer version, or the next start, may read it.</param>
/// <param name="Reason">Why not.</param>
internal sealed record UnreadableRow(Guid RowId, bool IsRecurring, string Reason);

/// <summary>What one transaction holds.</summary>
internal sealed record ClaimedJobs(IReadOnlyList<DueJob> Jobs, IReadOnlyList<UnreadableRow> Unreadable)
{
    public int Count => Jobs.Count + Unreadable.Count;
}
