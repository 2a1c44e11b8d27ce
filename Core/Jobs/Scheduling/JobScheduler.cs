using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>
/// Publishes due jobs, a batch a transaction: claimed, confirmed by the broker, removed. Should the process die in between,
/// the jobs are due still, and may run twice. While there is a full batch it goes on without a wait.
/// </summary>
internal sealed partial class JobScheduler(
    NpgsqlDataSource dataSource, JobPublisher publisher, IOptions<JobOptions> options, TimeProvider time, ILogger<JobScheduler> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.SchedulerPollMs), time);
        var waiting = false;
        do
        {
            try
            {
                while (await PublishDueAsync(stoppingToken) == options.Value.SchedulerBatch)
                {
                }

                waiting = false;
            }
            catch (Exception reason) when (reason is BrokerUnavailableException or NpgsqlException)
            {
                // once an outage, not once a poll
                Log.NotNow(logger, waiting ? LogLevel.Debug : LogLevel.Warning, reason.Message);
                waiting = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> PublishDueAsync(CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var now = time.GetUtcNow();
        var due = await DueJobs.ClaimAsync(connection, transaction, now, options.Value.SchedulerBatch, cancellation);
        if (due.Count == 0)
            return 0;
        await publisher.PublishMessagesAsync([.. due.Select(job => job.Message)], cancellation);
        await DueJobs.ReleaseAsync(connection, transaction, due, now, cancellation);
        await transaction.CommitAsync(cancellation);
        return due.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "Due jobs wait until a dependency is back: {Reason}")]
        public static partial void NotNow(ILogger logger, LogLevel level, string reason);
    }
}
