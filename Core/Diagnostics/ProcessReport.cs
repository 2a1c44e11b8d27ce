using System.Text.Json;

namespace Switchboard.Core.Diagnostics;

/// <summary>What a process says of itself.</summary>
/// <param name="ProcessId">Which process: another one after each start.</param>
/// <param name="Service">What it is: one of <see cref="ProcessServices"/>.</param>
/// <param name="SeenAt">When it said so.</param>
/// <param name="Sections">Its figures as JSON, by <see cref="IStats.Section"/>.</param>
public sealed record ProcessReport(Guid ProcessId, string Service, DateTimeOffset SeenAt, IReadOnlyDictionary<string, JsonElement> Sections)
{
    /// <summary>The figures of a section; null when the process has none, or of a version that cannot be read.</summary>
    public TStats? Find<TStats>()
        where TStats : class, IStats
    {
        if (!Sections.TryGetValue(TStats.Section, out var figures))
            return null;
        try
        {
            return figures.Deserialize<TStats>(JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null; // while an update is rolled out
        }
    }
}
