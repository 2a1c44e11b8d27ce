using System.Text.Json;
using Npgsql;

namespace Switchboard.Core.Diagnostics;

/// <summary>The reports of all processes: this one's as it is now, the others' as they wrote it last.</summary>
public sealed class ProcessReports
{
    private const string Sql =
        "SELECT process_id, service, seen_at, report FROM process_reports WHERE process_id <> $1 AND seen_at > $2 ORDER BY service, process_id";

    // five reports that did not come
    private static readonly TimeSpan _gone = TimeSpan.FromSeconds(10);

    private readonly ThisProcess _process;
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;

    internal ProcessReports(ThisProcess process, NpgsqlDataSource dataSource, TimeProvider time) =>
        (_process, _dataSource, _time) = (process, dataSource, time);

    /// <summary>That of this process.</summary>
    public ProcessReport Own() => _process.Report();

    /// <summary>Those of all processes that were seen within the last 10 s, this one first.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<IReadOnlyList<ProcessReport>> ReadAsync(CancellationToken cancellation)
    {
        // before the question to the database, which would count itself
        var reports = new List<ProcessReport> { Own() };
        await using var command = _dataSource.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = _process.Id });
        command.Parameters.Add(new() { Value = _time.GetUtcNow() - _gone });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            reports.Add(new(
                row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2),
                JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(row.GetString(3), JsonSerializerOptions.Web)!));
        }

        return reports;
    }
}
