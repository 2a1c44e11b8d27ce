using System.Text.Json;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Tests.Unit.Operations;

/// <summary>Reports as processes write them.</summary>
internal static class Reports
{
    public static ProcessReport Of(string service, params (string Section, object Value)[] sections) => new(
        Guid.CreateVersion7(), service, new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero),
        sections.ToDictionary(
            section => section.Section,
            section => JsonSerializer.SerializeToElement(section.Value, section.Value.GetType(), JsonSerializerOptions.Web)));

    public static (string Section, object Value) Database(int idle, int busy, int waiting, int max = 10) =>
        (DatabaseStats.Section, new DatabaseStats(idle, busy, waiting, max));

    public static (string Section, object Value) Cache(
        string space, long hits, long remoteHits, long misses, int entries = 0, int max = 1_000) =>
        (CacheStats.Section, new CacheStats(new Dictionary<string, CacheNamespaceStatistics>
        {
            [space] = new(hits, remoteHits, misses, misses, 0, 0, entries) { MaxEntries = max },
        }));

    public static (string Section, object Value) Requests(string name, long count, long errors, double totalMs)
    {
        var window = new RequestWindow(count, errors, totalMs, [count]);
        return (RequestStats.Section, new RequestStats(
            new Dictionary<string, RequestCounts> { [name] = new(count, errors, window, window) }));
    }
}
