using Npgsql;
using Switchboard.Core.Jobs.Scheduling;

namespace Switchboard.Core.Jobs;

/// <summary>Jobs that wait for their time in <c>scheduled_jobs</c>.</summary>
public sealed class ScheduledJobs
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;

    internal ScheduledJobs(NpgsqlDataSource dataSource, TimeProvider time)
    {
        _dataSource = dataSource;
        _time = time;
    }

    /// <summary>Delays jobs until a time, within the caller's transaction: once that is committed, they will be run.</summary>
    public Task InsertAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        IReadOnlyCollection<OutgoingJob> jobs,
        DateTimeOffset dueAt,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var rows = jobs.Select(job => new ScheduledJobRow(JobMessage.Of(job, dueAt), ScheduledJobRow.Delayed, dueAt)).ToArray();
        return InsertScheduledJobs.ExecuteAsync(connection, transaction, rows, _time.GetUtcNow(), cancellation);
    }

    /// <summary>Removes waiting jobs; those that are already on their way are not reached any more.</summary>
    public async Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        await using var command = _dataSource.CreateCommand("DELETE FROM scheduled_jobs WHERE id = ANY ($1) AND state <> 'recurring'");
        command.Parameters.Add(new() { Value = ids.ToArray() });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
