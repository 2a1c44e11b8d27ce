using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs.Consuming;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Jobs;

/// <summary>Jobs that were given up: listed, replayed, deleted. For operators; none of it is by owner.</summary>
public sealed class DeadJobs
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _timeProvider;

    internal DeadJobs(NpgsqlDataSource dataSource, TimeProvider timeProvider)
    {
        _dataSource = dataSource;
        _timeProvider = timeProvider;
    }

    /// <summary>The latest first.</summary>
    /// <param name="filter">Which jobs.</param>
    /// <param name="after">Those after this one; null: from the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<List<DeadJob>> ListAsync(
        DeadJobFilter filter, (DateTimeOffset DiedAt, Guid Id)? after, int limit, CancellationToken cancellationToken) =>
        ListDeadJobs.ExecuteAsync(_dataSource, filter, after, limit, cancellationToken);

    /// <summary>Runs a dead job again, as a first attempt that knows it is a replay; null when there is no such job.</summary>
    public async Task<ReplayResult?> ReplayAsync(Guid id, CancellationToken cancellationToken)
    {
        var result = await ReplayAsync("WHERE id = $1", [id], cancellationToken);
        return result is { Replayed: 0, NotReplayable: 0 } ? null : result;
    }

    /// <summary>Runs dead jobs again, those that have been dead longest first.</summary>
    /// <param name="filter">Which jobs.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends it with nothing replayed.</param>
    public Task<ReplayResult> ReplayManyAsync(DeadJobFilter filter, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ReplayAsync(
            $"WHERE {ListDeadJobs.FilterSql} ORDER BY died_at, id LIMIT $7", [.. ListDeadJobs.Values(filter), limit], cancellationToken);
    }

    /// <summary>Deletes a dead job for good.</summary>
    /// <returns>Whether there was such a job.</returns>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken) =>
        await _dataSource.Command("DELETE FROM dead_jobs WHERE id = $1", id).RunAsync(cancellationToken) == 1;

    // One transaction moves them to scheduled_jobs, due now: whatever dies, they are in exactly one of the two tables.
    private async Task<ReplayResult> ReplayAsync(string which, object?[] values, CancellationToken cancellationToken)
    {
        var now = _timeProvider.GetUtcNow();
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var dead = await LockDeadJobs.ExecuteAsync(transaction, which, values, now, cancellationToken);
        var again = dead.OfType<JobMessage>().Where(message => IsJson(message.Body)).ToArray();

        var rows = again.Select(message => new ScheduledJobRow(message, ScheduledJobRow.Delayed, now)).ToArray();
        await InsertScheduledJobs.ExecuteAsync(connection, transaction, rows, now, cancellationToken);
        await transaction.Command("DELETE FROM dead_jobs WHERE id = ANY ($1)", (object)again.Select(message => message.Id).ToArray())
            .RunAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(again.Length, dead.Count - again.Length);
    }

    private static bool IsJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>A page of dead jobs, the latest first.</summary>
internal static class ListDeadJobs
{
    public const string FilterSql =
        """
        ($1::text IS NULL OR type = $1)
        AND ($2::timestamptz IS NULL OR died_at >= $2)
        AND ($3::timestamptz IS NULL OR died_at < $3)
        AND ($4::text IS NULL
            OR strpos(lower(CASE WHEN $5::text IS NULL THEN error ELSE regexp_replace(error, $5, $6, 'g') END), lower($4)) > 0)
        """;

    // four bytes are the most that a character of UTF-8 takes
    private const string Sql =
        $"""
        SELECT id, type, worker, priority, substring(payload FROM 1 FOR 8000), idempotency_key, attempts, error, errors::text, is_replay,
               created_at, died_at
        FROM dead_jobs
        WHERE {FilterSql}
          AND ($7::timestamptz IS NULL OR (died_at, id) < ($7, $8))
        ORDER BY died_at DESC, id DESC
        LIMIT $9
        """;

    public static object?[] Values(DeadJobFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return
        [
            filter.Type is { } type ? StorableText.From(type) : null, filter.Since, filter.Until,
            filter.ErrorContains is { } error ? StorableText.From(error) : null,
            filter.AsShown ? Redacted.Pattern : null, Redacted.Placeholder,
        ];
    }

    public static Task<List<DeadJob>> ExecuteAsync(
        NpgsqlDataSource dataSource, DeadJobFilter filter, (DateTimeOffset DiedAt, Guid Id)? after, int limit,
        CancellationToken cancellationToken) =>
        dataSource.Command(Sql, [.. Values(filter), after?.DiedAt, after?.Id, limit]).ListAsync(Read, cancellationToken);

    private static DeadJob Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        JobQueue.NameOf(row.GetString(2), row.GetInt16(3)),
        Start(Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(4))),
        row.GetString(5),
        row.GetInt32(6),
        row.GetString(7),
        JsonSerializer.Deserialize<List<JobError>>(row.GetString(8), JobJson.Options) ?? [],
        row.GetBoolean(9),
        row.GetFieldValue<DateTimeOffset>(10),
        row.GetFieldValue<DateTimeOffset>(11));

    private static string Start(string payload) =>
        payload.Length <= DeadJob.MaxPayloadLength ? payload : payload[..DeadJob.MaxPayloadLength];
}

/// <summary>Reads dead jobs as the messages they become when replayed, and keeps others from replaying them too; null for one of a worker
/// that is not known here.</summary>
internal static class LockDeadJobs
{
    private const string Sql =
        """
        SELECT id, type, version, worker, priority, payload, idempotency_key, trace_parent
        FROM dead_jobs

        """;

    public static async Task<List<JobMessage?>> ExecuteAsync(
        NpgsqlTransaction transaction, string which, object?[] values, DateTimeOffset now, CancellationToken cancellationToken)
    {
        return await transaction.Command($"{Sql}{which} FOR UPDATE SKIP LOCKED", values).ListAsync(Read, cancellationToken);

        JobMessage? Read(NpgsqlDataReader row)
        {
            var worker = JobTypes.WorkerOf(row.GetString(1)) ?? JobQueue.FindWorker(row.GetString(3));
            var priority = (JobPriority)row.GetInt16(4);
            return worker is null || !Enum.IsDefined(priority)
                ? null
                : new(
                    row.GetGuid(0), row.GetString(1), row.GetInt16(2), JobQueue.Of(worker.Value, priority), row.GetFieldValue<byte[]>(5),
                    row.GetString(6), now)
                {
                    IsReplay = true,
                    TraceParent = row.Text(7),
                };
        }
    }
}

/// <summary>Writes given-up jobs in one statement; a job that died twice is there once, with its latest end.</summary>
internal static class InsertDeadJobs
{
    private const string Sql =
        """
        INSERT INTO dead_jobs
            (id, type, version, worker, priority, payload, idempotency_key, attempts, errors, is_replay, error, trace_parent, created_at,
            died_at)
        SELECT id, type, version, worker, priority, payload, idempotency_key, attempts, errors::jsonb, is_replay, error, trace_parent,
               created_at, $14
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            AS new (id, type, version, worker, priority, payload, idempotency_key, attempts, errors, is_replay, error, trace_parent,
            created_at)
        ON CONFLICT (id) DO UPDATE SET
            attempts = excluded.attempts, errors = excluded.errors, error = excluded.error, died_at = excluded.died_at
        """;

    public static NpgsqlBatchCommand Command(IReadOnlyCollection<Settlement.Dead> dead, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(Sql);
        Array(NpgsqlDbType.Uuid, row => row.Message.Id);
        Array(NpgsqlDbType.Text, row => StorableText.From(row.Message.Type));
        Array(NpgsqlDbType.Smallint, row => (short)row.Message.Version);
        Array(NpgsqlDbType.Text, row => JobQueue.NameOf(row.Message.Queue.Worker));
        Array(NpgsqlDbType.Smallint, row => (short)row.Message.Queue.Priority);
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

        void Array<T>(NpgsqlDbType type, Func<Settlement.Dead, T> value) =>
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = dead.Select(value).ToArray() });
    }
}
