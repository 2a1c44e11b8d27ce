using System.Diagnostics;
using System.Text.Json;

namespace Switchboard.Core.Diagnostics;

/// <summary>Makes the report of this process.</summary>
internal sealed class ThisProcess
{
    private readonly string _service;
    private readonly ReportSection[] _sections;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;

    public ThisProcess(string service, IEnumerable<ReportSection> sections, TimeProvider time)
    {
        _service = service;
        _time = time;
        _startedAt = time.GetUtcNow();
        Id = Guid.CreateVersion7(_startedAt);
        _sections = [new(ProcessStats.Section, ReadProcess), .. sections];
    }

    public Guid Id { get; }

    /// <summary>The figures as they are now.</summary>
    public ProcessReport Report()
    {
        var figures = new Dictionary<string, JsonElement>();
        foreach (var section in _sections)
        {
            if (section.Read() is { } read)
                figures.Add(section.Name, JsonSerializer.SerializeToElement(read, read.GetType(), JsonSerializerOptions.Web));
        }

        return new(Id, _service, _time.GetUtcNow(), figures);
    }

    private ProcessStats ReadProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new(_startedAt, process.WorkingSet64, process.PeakWorkingSet64);
    }
}
