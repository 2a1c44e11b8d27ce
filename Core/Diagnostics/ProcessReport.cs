using System.Text.Json;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Core.Diagnostics;

/// <summary>The report of a process about itself.</summary>
/// <param name="ProcessId">Which process: another one after each start.</param>
/// <param name="Service">What it is: one of <see cref="ProcessServices"/>.</param>
/// <param name="SeenAt">When it was written.</param>
/// <param name="Sections">Its stats as JSON, by <see cref="IStats.Section"/>.</param>
public sealed record ProcessReport(Guid ProcessId, string Service, DateTimeOffset SeenAt, IReadOnlyDictionary<string, JsonElement> Sections)
{
    /// <summary>The stats of a section; null when the process has none, or of a version that cannot be read.</summary>
    public TStats? Find<TStats>()
        where TStats : class, IStats
    {
        if (!Sections.TryGetValue(TStats.Section, out var stats))
            return null;
        try
        {
            return stats.Deserialize<TStats>(JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null; // while an update is rolled out
        }
    }
}

/// <summary>
/// A small record of stats that a process reports of itself: JSON among the processes, so a part of it that is new is read as its
/// default from a process of the version before. See <see cref="ProcessReport"/>.
/// </summary>
public interface IStats
{
    /// <summary>Its name in the report, one word that no other has.</summary>
    static abstract string Section { get; }
}

/// <summary>A part of a process's report: its name, and how its stats are read now (null: there are none).</summary>
internal sealed record ReportSection(string Name, Func<object?> Read);

/// <summary>What processes there are, as reports name them.</summary>
public static class ProcessServices
{
    /// <summary>Answers HTTP.</summary>
    public const string Edge = "edge";

    /// <summary>Takes in what came.</summary>
    public const string Ingest = "ingest";

    /// <summary>Sends what goes out.</summary>
    public const string Dispatch = "dispatch";

    /// <summary>Counts and prunes.</summary>
    public const string Analytics = "analytics";
}

/// <summary>The process as a whole.</summary>
/// <param name="StartedAt">When it started.</param>
/// <param name="WorkingSetBytes">Its memory now.</param>
/// <param name="PeakWorkingSetBytes">The most that it had.</param>
public sealed record ProcessStats(DateTimeOffset StartedAt, long WorkingSetBytes, long PeakWorkingSetBytes) : IStats
{
    /// <inheritdoc/>
    public static string Section => "process";
}

/// <summary>A process's connection to the broker.</summary>
/// <param name="Available">Whether it can publish.</param>
public sealed record BrokerStats(bool Available) : IStats
{
    /// <inheritdoc/>
    public static string Section => "broker";
}

/// <summary>The caches of a process.</summary>
/// <param name="Namespaces">By the name of the namespace.</param>
public sealed record CacheStats(IReadOnlyDictionary<string, CacheNamespaceStatistics> Namespaces) : IStats
{
    /// <inheritdoc/>
    public static string Section => "cache";
}
