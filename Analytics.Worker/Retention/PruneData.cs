using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Analytics.Worker.Retention;

/// <summary>Delete what is older than it is kept. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record PruneData(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("prune-data", 1, JobWorker.Analytics, JobPriority.VeryLow);

    /// <summary>Only for the log: what is deleted is not there the second time.</summary>
    public string IdempotencyKey => $"prune-data:{Id}";
}

/// <summary>
/// Deletes what is older than it is kept, in chunks, so that no statement holds its rows for long. A run has its time; what is left then
/// is for the next one. Each table fails alone; then the run is repeated.
/// </summary>
internal sealed partial class PruneDataHandler(
    NpgsqlDataSource dataSource,
    IOptions<RetentionOptions> options,
    TimeProvider timeProvider,
    PruningMetrics metrics,
    ILogger<PruneDataHandler> logger) : IJobHandler<PruneData>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<PruneData>> batch, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var failed = new List<string>();
        foreach (var step in PruningPlan.At(timeProvider.GetUtcNow(), options.Value))
        {
            try
            {
                await PruneAsync(step, started, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failed.Add(step.Table);
                metrics.Failed(step.Table);
                Log.Failed(logger, step.Table, exception);
            }
        }

        var outcome = failed.Count == 0
            ? JobOutcome.Done
            : JobOutcome.Retry($"Could not delete old rows of {string.Join(", ", failed.Distinct())}.");
        return [.. batch.Select(_ => outcome)];
    }

    private async Task PruneAsync(PruningStep step, long started, CancellationToken cancellationToken)
    {
        var deleted = 0;
        int chunk;
        do
        {
            chunk = await dataSource.Command(step.Sql, step.Limit, options.Value.ChunkSize).RunAsync(cancellationToken);
            metrics.Pruned(step.Table, chunk);
            deleted += chunk;
        }
        while (chunk == options.Value.ChunkSize && timeProvider.GetElapsedTime(started).TotalSeconds < options.Value.MaxTurnSeconds);

        if (deleted > 0)
            Log.Pruned(logger, deleted, step.Table);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Count} rows of {Table} that were older than they are kept")]
        public static partial void Pruned(ILogger logger, int count, string table);

        [LoggerMessage(Level = LogLevel.Error,
            Message = "Could not delete old rows of {Table}; the run goes on with the other tables and is repeated")]
        public static partial void Failed(ILogger logger, string table, Exception exception);
    }
}

/// <summary>What this process deletes, in the meter <c>Switchboard.Analytics</c>.</summary>
internal sealed class PruningMetrics
{
    private readonly Counter<long> _rows;
    private readonly Counter<long> _failures;

    public PruningMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Switchboard.Analytics");
        _rows = meter.CreateCounter<long>("switchboard.pruned.rows", "{row}", "Rows deleted because they were older than they are kept.");
        _failures = meter.CreateCounter<long>(
            "switchboard.pruned.failures", "{failure}", "Tables of a run whose old rows could not be deleted.");
    }

    public void Pruned(string table, int rows)
    {
        if (rows > 0)
            _rows.Add(rows, new KeyValuePair<string, object?>("table", table));
    }

    public void Failed(string table) => _failures.Add(1, new KeyValuePair<string, object?>("table", table));
}
