using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>
/// Publishes due jobs, a batch a transaction: claimed, confirmed by the broker, removed. Should the process die in between,
/// the jobs are due still, and may run twice. A row that cannot be read goes to <c>dead_jobs</c> and holds up no other. While there is a full batch it goes on without a wait. A lane that the broker
/// takes nothing for rests a moment, and holds up no other.
/// </summary>
internal sealed partial class JobScheduler(
    NpgsqlDataSource dataSource, JobPublisher publisher, IOptions<JobOptions> options, TimeProvider time, ILogger<JobScheduler> logger)
    : ResilientLoop(time, logger)
{
    private readonly Dictionary<JobQueue, long> _refused = [];

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken) =>
        await PublishDueAsync(cancellationToken) == options.Value.SchedulerBatch
            ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(options.Value.SchedulerPollMs);

    private async Task<int> PublishDueAsync(CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var now = TimeProvider.GetUtcNow();
        var claimed = await DueJobs.ClaimAsync(connection, transaction, now, options.Value.SchedulerBatch, Resting(), cancellation);
        if (claimed.Count == 0)
            return 0;
        foreach (var row in claimed.Unreadable)
            Log.Unreadable(logger, row.RowId, row.Reason);
        await DueJobs.BuryAsync(connection, transaction, claimed.Unreadable, now, cancellation);
        var due = claimed.Jobs;
        var results = await Task.WhenAll(due.GroupBy(job => job.Message.Lane).Select(lane => PublishAsync([.. lane], cancellation)));
        foreach (var (lane, failure) in results)
            Note(lane[0].Message.Lane, failure);
        DueJob[] published = [.. results.Where(result => result.Failure is null).SelectMany(result => result.Jobs)];
        if (published.Length > 0)
            await DueJobs.ReleaseAsync(connection, transaction, published, now, cancellation);
        await transaction.CommitAsync(cancellation);
        return claimed.Count;
    }

    private async Task<(DueJob[] Jobs, BrokerUnavailableException? Failure)> PublishAsync(DueJob[] jobs, CancellationToken cancellation)
    {
        try
        {
            await publisher.PublishMessagesAsync([.. jobs.Select(job => job.Message)], cancellation);
            return (jobs, null);
        }
        catch (BrokerUnavailableException reason)
        {
            return (jobs, reason);
        }
    }

    private JobQueue[] Resting() =>
        [.. _refused.Where(refusal => TimeProvider.GetElapsedTime(refusal.Value) < TimeSpan.FromSeconds(options.Value.MaxHoldSeconds)).Select(refusal => refusal.Key)];

    private void Note(JobQueue lane, BrokerUnavailableException? failure)
    {
        if (failure is null)
        {
            _refused.Remove(lane);
            return;
        }

        // once an outage, not once a try
        Log.NotTaken(logger, _refused.ContainsKey(lane) ? LogLevel.Debug : LogLevel.Warning, lane.Queue, failure.Message);
        _refused[lane] = TimeProvider.GetTimestamp();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The row {Id} of scheduled_jobs is dead: {Reason}")]
        public static partial void Unreadable(ILogger logger, Guid id, string reason);

        [LoggerMessage(Message = "Due jobs of {Lane} wait until the broker takes them: {Reason}")]
        public static partial void NotTaken(ILogger logger, LogLevel level, string lane, string reason);
    }
}
