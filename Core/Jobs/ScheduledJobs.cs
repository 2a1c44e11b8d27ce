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

    /// <summary>The next to be due first.</summary>
    /// <param name="type">Only this type; null for all.</param>
    /// <param name="after">Where the page starts; null for the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<JobPage<ScheduledJob>> ListAsync(string? type, JobCursor? after, int limit, CancellationToken cancellation) =>
        ListScheduledJobs.ExecuteAsync(_dataSource, type, after, limit, cancellation);

    /// <summary>Removes a waiting job; a schedule is left alone, it would be back with the next start.</summary>
    /// <returns>Whether it was there and will not run.</returns>
    public async Task<bool> CancelAsync(Guid id, CancellationToken cancellation) => await DeleteRowsAsync([id], cancellation) == 1;

    /// <summary>Removes waiting jobs; those that are already on their way are not reached any more.</summary>
    public Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return DeleteRowsAsync([.. ids], cancellation);
    }

    private async Task<int> DeleteRowsAsync(Guid[] ids, CancellationToken cancellation)
    {
        await using var command = _dataSource.CreateCommand("DELETE FROM scheduled_jobs WHERE id = ANY ($1) AND state <> 'recurring'");
        command.Parameters.Add(new() { Value = ids });
        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
