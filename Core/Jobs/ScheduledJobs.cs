using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Jobs;

/// <summary>Jobs that wait for their time in <c>scheduled_jobs</c>.</summary>
public sealed class ScheduledJobs
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _timeProvider;

    internal ScheduledJobs(NpgsqlDataSource dataSource, TimeProvider timeProvider)
    {
        _dataSource = dataSource;
        _timeProvider = timeProvider;
    }

    /// <summary>Delays jobs until a time, within the caller's transaction: once that is committed, they will be run.</summary>
    public Task InsertAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        IReadOnlyCollection<OutgoingJob> jobs,
        DateTimeOffset dueAt,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var rows = jobs.Select(job => new ScheduledJobRow(JobMessage.Of(job, dueAt), ScheduledJobRow.Delayed, dueAt)).ToArray();
        return InsertScheduledJobs.ExecuteAsync(connection, transaction, rows, _timeProvider.GetUtcNow(), cancellationToken);
    }

    /// <summary>The next to be due first.</summary>
    /// <param name="type">Only this type; null for all.</param>
    /// <param name="after">Those after this one; null: from the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<List<ScheduledJob>> ListAsync(
        string? type, (DateTimeOffset DueAt, Guid Id)? after, int limit, CancellationToken cancellationToken) =>
        ListScheduledJobs.ExecuteAsync(_dataSource, type, after, limit, cancellationToken);

    /// <summary>Removes a waiting job; a schedule is left alone, it would be back with the next start.</summary>
    /// <returns>Whether it was there and will not run.</returns>
    public async Task<bool> CancelAsync(Guid id, CancellationToken cancellationToken) =>
        await DeleteRowsAsync([id], cancellationToken) == 1;

    /// <summary>Removes waiting jobs; those that are already on their way are not reached any more.</summary>
    public Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return DeleteRowsAsync([.. ids], cancellationToken);
    }

    private Task<int> DeleteRowsAsync(Guid[] ids, CancellationToken cancellationToken) => _dataSource
        .Command("DELETE FROM scheduled_jobs WHERE id = ANY ($1) AND state <> 'recurring'", (object)ids)
        .RunAsync(cancellationToken);
}

/// <summary>A job that waits, as operators see it.</summary>
/// <param name="Id">The job's id; of a recurring job that of its schedule.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="Queue">Where it will be served.</param>
/// <param name="State"><c>delayed</c>, <c>retrying</c>, <c>recurring</c>, or <c>staged</c> (published at this moment).</param>
/// <param name="Name">A recurring job's name.</param>
/// <param name="RepeatEvery">The time between the runs of a recurring job.</param>
/// <param name="Attempt">The attempt that comes next, from 1.</param>
/// <param name="Errors">What went wrong so far.</param>
/// <param name="DueAt">When it is published.</param>
/// <param name="CreatedAt">Since when it waits.</param>
public sealed record ScheduledJob(
    Guid Id,
    string Type,
    [property: JsonPropertyName("lane")] string Queue,
    string State,
    string? Name,
    TimeSpan? RepeatEvery,
    int Attempt,
    IReadOnlyList<JobError> Errors,
    DateTimeOffset DueAt,
    DateTimeOffset CreatedAt);

/// <summary>A job that waits.</summary>
/// <param name="Message">The job, with the attempt that comes next.</param>
/// <param name="State">Why it waits.</param>
/// <param name="DueAt">Until when.</param>
internal sealed record ScheduledJobRow(JobMessage Message, string State, DateTimeOffset DueAt)
{
    public const string Staged = "staged";
    public const string Delayed = "delayed";
    public const string Retrying = "retrying";
}

/// <summary>A page of waiting jobs, the next to be due first.</summary>
internal static class ListScheduledJobs
{
    private const string Sql =
        """
        SELECT id, type, worker, priority, state, name, repeat_every, attempt, errors::text, due_at, created_at
        FROM scheduled_jobs
        WHERE ($1::text IS NULL OR type = $1)
          AND (due_at, id) > ($2, $3)
        ORDER BY due_at, id
        LIMIT $4
        """;

    public static Task<List<ScheduledJob>> ExecuteAsync(
        NpgsqlDataSource dataSource, string? type, (DateTimeOffset DueAt, Guid Id)? after, int limit,
        CancellationToken cancellationToken) =>
        dataSource.Command(
            Sql, type is null ? null : StorableText.From(type), after?.DueAt ?? DateTimeOffset.UnixEpoch, after?.Id ?? Guid.Empty, limit)
            .ListAsync(Read, cancellationToken);

    private static ScheduledJob Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        JobQueue.NameOf(row.GetString(2), row.GetInt16(3)),
        row.GetString(4),
        row.Text(5),
        row.Nullable<TimeSpan>(6),
        row.GetInt32(7),
        JsonSerializer.Deserialize<List<JobError>>(row.GetString(8), JobJson.Options) ?? [],
        row.GetFieldValue<DateTimeOffset>(9),
        row.GetFieldValue<DateTimeOffset>(10));
}

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
        Array(NpgsqlDbType.Text, row => JobQueue.NameOf(row.Message.Queue.Worker));
        Array(NpgsqlDbType.Smallint, row => (short)row.Message.Queue.Priority);
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
        CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Command(rows, now) } };
        await batch.PrepareAsync(cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
