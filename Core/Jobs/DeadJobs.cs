using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Jobs.Scheduling;

namespace Switchboard.Core.Jobs;

/// <summary>Jobs that were given up: listed, replayed, deleted. For operators; none of it is by owner.</summary>
public sealed class DeadJobs
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;

    internal DeadJobs(NpgsqlDataSource dataSource, TimeProvider time)
    {
        _dataSource = dataSource;
        _time = time;
    }

    /// <summary>The latest first.</summary>
    public Task<JobPage<DeadJob>> ListAsync(DeadJobFilter filter, JobCursor? after, int limit, CancellationToken cancellation) =>
        ListDeadJobs.ExecuteAsync(_dataSource, filter, after, limit, cancellation);

    /// <summary>Runs a dead job again, as a first attempt that knows it is a replay; null when there is no such job.</summary>
    public async Task<ReplayResult?> ReplayAsync(Guid id, CancellationToken cancellation)
    {
        var result = await ReplayAsync("WHERE id = $1", [new() { Value = id }], cancellation);
        return result is { Replayed: 0, NotReplayable: 0 } ? null : result;
    }

    /// <summary>Runs dead jobs again, those that have been dead longest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends it with nothing replayed.</param>
    public Task<ReplayResult> ReplayManyAsync(DeadJobFilter filter, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        NpgsqlParameter[] parameters = [.. ListDeadJobs.Parameters(filter), new() { Value = limit }];
        return ReplayAsync($"WHERE {ListDeadJobs.FilterSql} ORDER BY died_at, id LIMIT $5", parameters, cancellation);
    }

    /// <summary>Deletes a dead job for good.</summary>
    /// <returns>Whether there was such a job.</returns>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellation)
    {
        await using var command = _dataSource.CreateCommand("DELETE FROM dead_jobs WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    // One transaction moves them to scheduled_jobs, due now: whatever dies, they are in exactly one of the two tables.
    private async Task<ReplayResult> ReplayAsync(string which, NpgsqlParameter[] parameters, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        await using var connection = await _dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var dead = await LockDeadJobs.ExecuteAsync(connection, transaction, which, parameters, now, cancellation);
        var again = dead.OfType<JobMessage>().Where(message => IsJson(message.Body)).ToArray();

        var rows = again.Select(message => new ScheduledJobRow(message, ScheduledJobRow.Delayed, now)).ToArray();
        await InsertScheduledJobs.ExecuteAsync(connection, transaction, rows, now, cancellation);
        await using var delete = new NpgsqlCommand("DELETE FROM dead_jobs WHERE id = ANY ($1)", connection, transaction);
        delete.Parameters.Add(new()
        {
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
            Value = again.Select(message => message.Id).ToArray(),
        });
        await delete.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
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
