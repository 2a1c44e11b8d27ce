using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Analytics.Worker.Events;

/// <summary>Counts facts into the roll-ups, each batch of them once: its id is noted in the transaction that counts it.</summary>
internal sealed class RecordEventsHandler(NpgsqlDataSource dataSource, TimeProvider time) : IJobHandler<RecordEvents>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RecordEvents>> batch, CancellationToken cancellation)
    {
        var jobs = batch.Select(delivery => delivery.Job).DistinctBy(job => job.Id).OrderBy(job => job.Id).ToArray();

        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var fresh = await CountBatches.ExecuteAsync(
            connection, transaction, [.. jobs.Select(job => job.Id)], time.GetUtcNow(), cancellation);
        var rows = Rollup.Of(jobs.Where(job => fresh.Contains(job.Id)).SelectMany(job => job.Facts));
        await AddToRollups.ExecuteAsync(connection, transaction, rows, cancellation);
        await transaction.CommitAsync(cancellation);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }
}
