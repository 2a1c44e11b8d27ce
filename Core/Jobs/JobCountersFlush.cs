using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Jobs;

/// <summary>Writes down what this process counted, and that it is alive, about once a second. A failure costs nothing: it adds up.</summary>
internal sealed class JobCountersFlush(
    JobCounters counters, NpgsqlDataSource dataSource, IOptions<JobOptions> options, TimeProvider time, ILogger<JobCountersFlush> logger)
    : ResilientLoop(time, logger)
{
    private const string MinuteSql =
        """
        INSERT INTO job_minutes (type, minute, completed, failed, dead, latency_counts) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (type, minute) DO UPDATE SET
            completed = job_minutes.completed + excluded.completed,
            failed = job_minutes.failed + excluded.failed,
            dead = job_minutes.dead + excluded.dead,
            latency_counts = (
                SELECT array_agg(coalesce(old, 0) + coalesce(new, 0) ORDER BY bucket)
                FROM unnest(job_minutes.latency_counts, excluded.latency_counts) WITH ORDINALITY AS counts (old, new, bucket))
        """;

    private const string ProcessSql =
        """
        INSERT INTO job_processes (process_id, type, active, seen_at)
        SELECT $1, type, active, $2 FROM unnest($3, $4) AS now (type, active)
        ON CONFLICT (process_id, type) DO UPDATE SET active = excluded.active, seen_at = excluded.seen_at
        """;

    // of processes that died without a word
    private const string ForgetSql = "DELETE FROM job_processes WHERE seen_at < $1";

    private static readonly TimeSpan _forgetAfter = TimeSpan.FromMinutes(1);

    private readonly Guid _processId = Guid.CreateVersion7(time.GetUtcNow());

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        return TimeSpan.FromMilliseconds(options.Value.StatsFlushMs);
    }

    // the worker, registered later, has stopped by now: these are the last counts
    protected override Task FinishAsync() => FlushAsync(CancellationToken.None);

    private async Task FlushAsync(CancellationToken cancellation)
    {
        var minutes = counters.TakeMinutes();
        try
        {
            await WriteAsync(minutes, cancellation);
        }
        catch
        {
            counters.PutBack(minutes);
            throw;
        }
    }

    private async Task WriteAsync(IReadOnlyCollection<JobMinute> minutes, CancellationToken cancellation)
    {
        var active = counters.Active();
        if (active.Count == 0 && minutes.Count == 0)
            return;
        var now = TimeProvider.GetUtcNow();
        await using var batch = dataSource.CreateBatch();
        // always in the same order, or two processes could wait for each other
        foreach (var minute in minutes.OrderBy(minute => minute.Type, StringComparer.Ordinal).ThenBy(minute => minute.Minute))
            Add(MinuteSql, minute.Type, minute.Minute, minute.Completed, minute.Failed, minute.Dead, minute.LatencyCounts);
        Add(ProcessSql, _processId, now, active.Keys.ToArray(), active.Values.ToArray());
        Add(ForgetSql, now - _forgetAfter);
        await batch.ExecuteNonQueryAsync(cancellation);

        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
                command.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(command);
        }
    }
}
