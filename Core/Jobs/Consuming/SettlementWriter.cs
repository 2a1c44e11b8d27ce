using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>
/// Writes down what waits and what is dead of a batch, in one transaction, sends on what another worker serves, and does not give up.
/// </summary>
internal sealed partial class SettlementWriter(
    NpgsqlDataSource dataSource, JobPublisher publisher, DependencyWait dependency, TimeProvider timeProvider,
    ILogger<SettlementWriter> logger)
{
    public async Task WriteAsync(IReadOnlyList<SettledJob> settled, IDeliveryQueue source, CancellationToken abort)
    {
        // a job may be in a batch twice, but one statement can write its row only once
        var waiting = settled.Select(job => job.Settlement).OfType<Settlement.Reschedule>()
            .Select(wait => wait.Row).DistinctBy(row => row.Message.Id).ToArray();
        var dead = settled.Select(job => job.Settlement).OfType<Settlement.Dead>().DistinctBy(bury => bury.Message.Id).ToArray();
        var forwarded = settled.Select(job => job.Settlement).OfType<Settlement.Forward>().Select(forward => forward.Message).ToArray();
        if (waiting.Length == 0 && dead.Length == 0 && forwarded.Length == 0)
            return;

        for (var failures = 0; ; failures++)
        {
            try
            {
                await WriteOnceAsync(waiting, dead, abort);
                await publisher.PublishMessagesAsync(forwarded, abort);
                return;
            }
#pragma warning disable CA1031 // also when it is no outage: to lose the jobs or to let them come back at once would be worse
            catch (Exception reason) when (!abort.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.NotWritten(logger, waiting.Length + dead.Length + forwarded.Length, reason);
                await dependency.WaitAsync(failures, source, abort);
            }
        }
    }

    private async Task WriteOnceAsync(ScheduledJobRow[] waiting, Settlement.Dead[] dead, CancellationToken abort)
    {
        if (waiting.Length == 0 && dead.Length == 0)
            return;
        var now = timeProvider.GetUtcNow();
        await using var batch = dataSource.CreateBatch();
        if (waiting.Length > 0)
            batch.BatchCommands.Add(InsertScheduledJobs.Command(waiting, now));
        if (dead.Length > 0)
            batch.BatchCommands.Add(InsertDeadJobs.Command(dead, now));
        await batch.ExecuteNonQueryAsync(abort);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Count} retrying, dead or forwarded jobs could not be settled and are held: {Reason}")]
        public static partial void NotWritten(ILogger logger, int count, Redacted reason);
    }
}
