using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>
/// Publishes due jobs, a batch a transaction: claimed, confirmed by the broker, removed. Should the process die in between,
/// the jobs are due still, and may run twice. A row that cannot be read goes to <c>dead_jobs</c> and holds up no other. While there
/// is a full batch it goes on without a wait. A queue that the broker takes nothing for rests a moment, and holds up no other.
/// </summary>
internal sealed partial class JobScheduler(
    NpgsqlDataSource dataSource, JobPublisher publisher, IOptions<JobOptions> options, TimeProvider timeProvider,
    ILogger<JobScheduler> logger)
    : ResilientLoop(timeProvider, logger)
{
    private readonly Dictionary<JobQueue, long> _refused = [];

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken) =>
        await PublishDueAsync(cancellationToken) >= options.Value.SchedulerBatch
            ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(options.Value.SchedulerPollMs);

    private async Task<int> PublishDueAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = TimeProvider.GetUtcNow();
        var claimed = await DueJobs.ClaimAsync(connection, transaction, now, options.Value.SchedulerBatch, Resting(), cancellationToken);
        if (claimed.Count == 0)
            return 0;
        foreach (var row in claimed.Unreadable)
            Log.Unreadable(logger, row.RowId, row.Reason);
        // a process that stops ends what it has begun: what is published and not removed runs twice. Each wait is bounded
        await DueJobs.BuryAsync(connection, transaction, claimed.Unreadable, now, CancellationToken.None);
        var due = claimed.Jobs;
        var results = await Task.WhenAll(due.GroupBy(job => job.Message.Queue).Select(queue => PublishAsync([.. queue])));
        foreach (var (queue, failure) in results)
            Note(queue[0].Message.Queue, failure);
        DueJob[] published = [.. results.Where(result => result.Failure is null).SelectMany(result => result.Jobs)];
        if (published.Length > 0)
            await DueJobs.ReleaseAsync(connection, transaction, published, now, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return claimed.Count;
    }

    private async Task<(DueJob[] Jobs, BrokerUnavailableException? Failure)> PublishAsync(DueJob[] jobs)
    {
        try
        {
            JobMessage[] messages = [.. jobs.Select(job => job.Message)];
            publisher.CheckRoom(messages);
            await publisher.PublishMessagesAsync(messages, CancellationToken.None);
            return (jobs, null);
        }
        catch (BrokerUnavailableException reason)
        {
            return (jobs, reason);
        }
    }

    private JobQueue[] Resting() =>
        [.. _refused.Where(refusal => TimeProvider.GetElapsedTime(refusal.Value) < TimeSpan.FromSeconds(options.Value.MaxHoldSeconds)).Select(refusal => refusal.Key)];

    private void Note(JobQueue queue, BrokerUnavailableException? failure)
    {
        if (failure is null)
        {
            _refused.Remove(queue);
            return;
        }

        // once an outage, not once a try
        Log.NotTaken(logger, _refused.ContainsKey(queue) ? LogLevel.Debug : LogLevel.Warning, queue.Name, failure);
        _refused[queue] = TimeProvider.GetTimestamp();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The row {Id} of scheduled_jobs is dead: {Reason}")]
        public static partial void Unreadable(ILogger logger, Guid id, Redacted reason);

        [LoggerMessage(Message = "Due jobs of {Queue} wait until the broker takes them: {Reason}")]
        public static partial void NotTaken(ILogger logger, LogLevel level, string queue, Redacted reason);
    }
}
