using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Notifications;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Writes given-up jobs in one statement; a job that died twice is there once, with its latest end.</summary>
internal static class InsertDeadJobs
{
    private const string Sql =
        """
        INSERT INTO dead_jobs
            (id, type, version, worker, priority, payload, idempotency_key, attempts, errors, is_replay, error, trace_parent, created_at, died_at)
        SELECT id, type, version, worker, priority, payload, idempotency_key, attempts, errors::jsonb, is_replay, error, trace_parent,
               created_at, $14
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            AS new (id, type, version, worker, priority, payload, idempotency_key, attempts, errors, is_replay, error, trace_parent, created_at)
        ON CONFLICT (id) DO UPDATE SET
            attempts = excluded.attempts, errors = excluded.errors, error = excluded.error, died_at = excluded.died_at
        """;

    public static NpgsqlBatchCommand Command(IReadOnlyCollection<Settlement.Bury> dead, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Sql);
        Array(NpgsqlDbType.Uuid, row => row.Message.Id);
        Array(NpgsqlDbType.Text, row => StorableText.From(row.Message.Type));
        Array(NpgsqlDbType.Smallint, row => (short)row.Message.Version);
        Array(NpgsqlDbType.Text, row => JobQueue.NameOf(row.Message.Lane.Worker));
        Array(NpgsqlDbType.Smallint, row => (short)row.Message.Lane.Priority);
        Array(NpgsqlDbType.Bytea, row => row.Message.Body.ToArray());
        Array(NpgsqlDbType.Text, row => StorableText.From(row.Message.IdempotencyKey));
        Array(NpgsqlDbType.Integer, row => row.Message.Attempt);
        Array(NpgsqlDbType.Text, row => JsonSerializer.Serialize(row.Message.Errors, JobJson.Options));
        Array(NpgsqlDbType.Boolean, row => row.Message.IsReplay);
        Array(NpgsqlDbType.Text, row => row.Error);
        Array(NpgsqlDbType.Text, row => row.Message.TraceParent is { } parent ? StorableText.From(parent) : null);
        Array(NpgsqlDbType.TimestampTz, row => row.Message.EnqueuedAt.ToUniversalTime());
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
        return command;

        void Array<T>(NpgsqlDbType type, Func<Settlement.Bury, T> value) =>
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = dead.Select(value).ToArray() });
    }
}
