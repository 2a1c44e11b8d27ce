using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Jobs;

/// <summary>
/// For jobs that must follow a commit: staged in its transaction, published after it. Whatever dies in between,
/// the scheduler finds the staged rows when their grace is over.
/// </summary>
public sealed partial class JobOutbox
{
    private const int MaxRowsOfTheirOwn = 3;

    private readonly NpgsqlDataSource _dataSource;
    private readonly JobPublisher _publisher;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _grace;
    private readonly ILogger<JobOutbox> _logger;

    internal JobOutbox(
        NpgsqlDataSource dataSource, JobPublisher publisher, IOptions<JobOptions> options, TimeProvider timeProvider,
        ILogger<JobOutbox> logger)
    {
        _dataSource = dataSource;
        _publisher = publisher;
        _timeProvider = timeProvider;
        _grace = TimeSpan.FromSeconds(options.Value.OutboxGraceSeconds);
        _logger = logger;
    }

    /// <summary>
    /// Stages jobs in the transaction, commits it, gives its connection back and publishes them: all that must follow a commit, in one
    /// call, in the one right order. Who has something to do in between, such as to clear a cache that a job reads, uses
    /// <see cref="StageAsync"/> and <see cref="FlushAsync"/>.
    /// </summary>
    public async Task CommitAsync(NpgsqlTransaction transaction, IReadOnlyCollection<OutgoingJob> jobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await StageAsync(transaction.Connection!, transaction, jobs, cancellationToken);
        await CommitStagedAsync(transaction, jobs, cancellationToken);
    }

    /// <summary>The same for jobs that were staged in the transaction already, as <c>NotificationStore.CreateAsync</c> does.</summary>
    public async Task CommitStagedAsync(
        NpgsqlTransaction transaction, IReadOnlyCollection<OutgoingJob> staged, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var connection = transaction.Connection!;
        await transaction.CommitAsync(cancellationToken);
        // back in the pool before the flush asks for another one
        await connection.CloseAsync();
        // committed, they follow whoever gives up waiting; the wait for the broker is bounded
        await FlushAsync(staged, CancellationToken.None);
    }

    /// <summary>Writes jobs within the caller's transaction: due when the grace is over, or at their own time.</summary>
    public Task StageAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        IReadOnlyCollection<OutgoingJob> jobs,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var now = _timeProvider.GetUtcNow();
        ScheduledJobRow[] rows =
        [
            .. Rows(jobs.Where(job => job.DueAt is null)).Select(row => new ScheduledJobRow(Message(row.Id, row.Jobs, now), ScheduledJobRow.Staged, now + _grace)),
            .. from job in jobs
               where job.DueAt is not null
               select new ScheduledJobRow(JobMessage.Of(job, job.DueAt!.Value), ScheduledJobRow.Delayed, job.DueAt!.Value),
        ];
        return InsertScheduledJobs.ExecuteAsync(connection, transaction, rows, now, cancellationToken);
    }

    /// <summary>
    /// Publishes staged jobs after the commit and removes their rows; those with a time of their own keep theirs. While the broker or the
    /// database is unavailable it leaves them to the scheduler; a job may then run twice, which it is made for.
    /// </summary>
    public async Task FlushAsync(IReadOnlyCollection<OutgoingJob> jobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        OutgoingJob[] staged = [.. jobs.Where(job => job.DueAt is null)];
        if (staged.Length == 0)
            return;
        try
        {
            await _publisher.PublishAsync(staged, cancellationToken);
            await using var removal = _dataSource.CreateBatch();
            // nobody waits until it is on disk: what a crash of Postgres brings back is published again, as what was never flushed
            removal.BatchCommands.Add(new("SELECT set_config('synchronous_commit', 'off', true)"));
            // only what is still staged: a job that has run and failed by now waits under the same id for its next attempt
            removal.BatchCommands.Add(new("DELETE FROM scheduled_jobs WHERE id = ANY ($1) AND state = 'staged'")
            {
                Parameters = { new() { Value = Rows(staged).Select(row => row.Id).ToArray() } },
            });
            await removal.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception reason) when (reason is BrokerUnavailableException or NpgsqlException)
        {
            Log.LeftToScheduler(_logger, staged.Length, reason);
        }
    }

    // Many jobs of one queue are one row: a row each would cost the database as much as what they follow. A few stay rows of their own,
    // under the ids of their jobs. The same jobs in the same order make the same rows.
    private static IEnumerable<(Guid Id, OutgoingJob[] Jobs)> Rows(IEnumerable<OutgoingJob> jobs)
    {
        foreach (var queue in jobs.GroupBy(job => JobQueue.Of(JobCodec.Of(job.Job).Type, job.Job)))
        {
            foreach (var together in queue.Chunk(JobEnvelope.MaxJobs))
            {
                if (together.Length > MaxRowsOfTheirOwn)
                    yield return (RowId(together[0].Job.Id), together);
                else
                    foreach (var job in together)
                        yield return (job.Job.Id, [job]);
            }
        }
    }

    private static JobMessage Message(Guid rowId, OutgoingJob[] jobs, DateTimeOffset now)
    {
        JobMessage[] messages = [.. jobs.Select(job => JobMessage.Of(job, now))];
        return messages.Length == 1
            ? messages[0]
            : new(rowId, JobEnvelope.Name, 1, messages[0].Queue, JobEnvelope.Write(messages), $"jobs:{rowId}", now) { Tag = JobEnvelope.Tag };
    }

    // not the id of any of its jobs: under that one the job itself may wait for its next attempt by now
    private static Guid RowId(Guid first)
    {
        Span<byte> bytes = stackalloc byte[16];
        first.TryWriteBytes(bytes);
        bytes[15] ^= 0xff;
        return new(bytes);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} staged jobs are left to the scheduler: {Reason}")]
        public static partial void LeftToScheduler(ILogger logger, int count, Redacted reason);
    }
}
