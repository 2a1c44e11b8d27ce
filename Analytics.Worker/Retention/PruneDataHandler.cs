using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Retention;

/// <summary>
/// Deletes what is older than it is kept, a chunk a statement, so that nobody waits long for it. A turn has its time; what is left then
/// is for the next one.
/// </summary>
internal sealed partial class PruneDataHandler(
    NpgsqlDataSource dataSource, IOptions<RetentionOptions> options, TimeProvider time, PruningMetrics metrics, ILogger<PruneDataHandler> logger)
    : IJobHandler<PruneData>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<PruneData>> batch, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        foreach (var step in PruningPlan.At(time.GetUtcNow(), options.Value))
            await PruneAsync(step, begun, cancellation);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private async Task PruneAsync(PruningStep step, long begun, CancellationToken cancellation)
    {
        var deleted = 0;
        int chunk;
        do
        {
            await using var command = dataSource.CreateCommand(step.Sql);
            command.Parameters.Add(new NpgsqlParameter { Value = step.Limit });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.ChunkSize });
            chunk = await command.ExecuteNonQueryAsync(cancellation);
            deleted += chunk;
        }
        while (chunk == options.Value.ChunkSize && time.GetElapsedTime(begun).TotalSeconds < options.Value.MaxTurnSeconds);

        if (deleted == 0)
            return;
        metrics.Pruned(step.Table, deleted);
        Log.Pruned(logger, deleted, step.Table);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Count} rows of {Table} that were older than they are kept")]
        public static partial void Pruned(ILogger logger, int count, string table);
    }
}
