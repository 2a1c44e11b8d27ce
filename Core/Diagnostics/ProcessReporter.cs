using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Writes the report of this process into <c>process_reports</c>, for the others to add up, every 2 s; deletes it at the end, and
/// deletes those of processes that crashed. While the database is unavailable it goes on and tries again.
/// </summary>
internal sealed class ProcessReporter(
    ReportedProcess process, NpgsqlDataSource dataSource, ServerMetrics servers, TimeProvider timeProvider, ILogger<ProcessReporter> logger)
    : ResilientLoop(timeProvider, logger)
{
    private const string WriteSql =
        """
        INSERT INTO process_reports (process_id, service, seen_at, report) VALUES ($1, $2, $3, $4)
        ON CONFLICT (process_id) DO UPDATE SET seen_at = excluded.seen_at, report = excluded.report
        """;

    // rows that another process locks are left to it, so two processes cannot deadlock
    private const string ForgetSql =
        """
        DELETE FROM process_reports WHERE process_id IN
            (SELECT process_id FROM process_reports WHERE seen_at < $1 FOR UPDATE SKIP LOCKED)
        """;

    private const string LeaveSql = "DELETE FROM process_reports WHERE process_id = $1";

    private static readonly TimeSpan _every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _forgetAfter = TimeSpan.FromMinutes(1);

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(cancellationToken);
        servers.PostgresWrote();
        return _every;
    }

    // what a crashed process left behind is not counted after 10 s
    protected override Task FinishAsync() => dataSource.Command(LeaveSql, process.Id).RunAsync(CancellationToken.None);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var report = process.Report();
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(WriteSql)
        {
            Parameters =
            {
                new() { Value = report.ProcessId },
                new() { Value = report.Service },
                new() { Value = report.SeenAt },
                new() { Value = JsonSerializer.Serialize(report.Sections, JsonSerializerOptions.Web), NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        });
        batch.BatchCommands.Add(new(ForgetSql) { Parameters = { new() { Value = report.SeenAt - _forgetAfter } } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
