using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Notifications;

namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>
/// Writes waiting jobs in one statement. A job that waits already (its message came a second time) waits for what is new.
/// </summary>
internal static class InsertScheduledJobs
{
    private const string Sql =
        """
        INSERT INTO scheduled_jobs
            (id, type, version, worker, priority, payload, idempotency_key, state, attempt, errors, due_at, enqueued_at, is_replay,
             trace_parent, created_at)
        SELECT id, type, version, worker, priority, payload::json, idempotency_key, state, attempt, errors::jsonb, due_at, enqueued_at,
               is_replay, trace_parent, $15
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            AS new (id, type, version, worker, priority, payload, idempotency_key, state, attempt, errors, due_at, enqueued_at, is_replay,
                    trace_parent)
        ON CONFLICT (id) DO UPDATE SET
            state = excluded.state, attempt = excluded.attempt, errors = excluded.errors, due_at = excluded.due_at,
            is_replay = excluded.is_replay
        WHERE scheduled_jobs.state <> 'recurring'
        """;

    public static NpgsqlBatchCommand Command(IReadOnlyCollection<ScheduledJobRow> rows, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Sql);
        Array(NpgsqlDbType.Uuid, row => row.Message.Id);
        Array(NpgsqlDbType.Text, row => row.Message.Type);
        Array(NpgsqlDbType.Smallint, row => (short)row.Message.Version);
        Array(NpgsqlDbType.Text, row => JobQueue.NameOf(row.Message.Lane.Worker));
        Array(NpgsqlDbType.Smallint, row => (short)row.Message.Lane.Priority);
        Array(NpgsqlDbType.Text, row => Encoding.UTF8.GetString(row.Message.Body.Span));
        Array(NpgsqlDbType.Text, row => StorableText.From(row.Message.IdempotencyKey));
        Array(NpgsqlDbType.Text, row => row.State);
        Array(NpgsqlDbType.Integer, row => row.Message.Attempt);
        Array(NpgsqlDbType.Text, row => JsonSerializer.Serialize(row.Message.Errors, JobJson.Options));
        Array(NpgsqlDbType.TimestampTz, row => row.DueAt.ToUniversalTime());
        Array(NpgsqlDbType.TimestampTz, row => row.Message.EnqueuedAt.ToUniversalTime());
        Array(NpgsqlDbType.Boolean, row => row.Message.IsReplay);
        Array(NpgsqlDbType.Text, row => row.Message.TraceParent);
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
        return command;

        void Array<T>(NpgsqlDbType type, Func<ScheduledJobRow, T> value) =>
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = rows.Select(value).ToArray() });
    }

    public static async Task ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        IReadOnlyCollection<ScheduledJobRow> rows,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Command(rows, now) } };
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
