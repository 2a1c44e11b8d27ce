using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Diagnostics;

/// <summary>The reports of all processes: this one's as it is now, the others' as they wrote it last.</summary>
public sealed class ProcessReports
{
    private const string Sql =
        """
        SELECT process_id, service, seen_at, report FROM process_reports
        WHERE process_id <> $1 AND seen_at > $2 ORDER BY service, process_id
        """;

    // five reports that did not come
    private static readonly TimeSpan _gone = TimeSpan.FromSeconds(10);

    private readonly ReportedProcess _process;
    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;

    internal ProcessReports(ReportedProcess process, NpgsqlDataSource dataSource, TimeProvider timeProvider) =>
        (_process, _dataSource, _time) = (process, dataSource, timeProvider);

    /// <summary>That of this process.</summary>
    public ProcessReport Own() => _process.Report();

    /// <summary>Those of all processes that were seen within the last 10 s, this one first.</summary>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async Task<IReadOnlyList<ProcessReport>> ReadAsync(CancellationToken cancellationToken)
    {
        // before the question to the database, which would count itself
        var own = Own();
        var others = await _dataSource.Command(Sql, _process.Id, _time.GetUtcNow() - _gone).ListAsync(
            row => new ProcessReport(
                row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2),
                JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(row.GetString(3), JsonSerializerOptions.Web)!),
            cancellationToken);
        return [own, .. others];
    }
}

/// <summary>Makes the report of this process.</summary>
internal sealed class ReportedProcess
{
    private readonly string _service;
    private readonly ReportSection[] _sections;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;

    public ReportedProcess(string service, IEnumerable<ReportSection> sections, TimeProvider timeProvider)
    {
        _service = service;
        _time = timeProvider;
        _startedAt = timeProvider.GetUtcNow();
        Id = Guid.CreateVersion7(_startedAt);
        _sections = [new(ProcessStats.Section, ReadProcess), .. sections];
    }

    public Guid Id { get; }

    /// <summary>The stats as they are now.</summary>
    public ProcessReport Report()
    {
        var stats = new Dictionary<string, JsonElement>();
        foreach (var section in _sections)
        {
            if (section.Read() is { } read)
                stats.Add(section.Name, JsonSerializer.SerializeToElement(read, read.GetType(), JsonSerializerOptions.Web));
        }

        return new(Id, _service, _time.GetUtcNow(), stats);
    }

    private ProcessStats ReadProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new(_startedAt, process.WorkingSet64, process.PeakWorkingSet64);
    }
}
