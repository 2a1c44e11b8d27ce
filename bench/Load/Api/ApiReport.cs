using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Reporting;
using Switchboard.Load.Running;

namespace Switchboard.Load.Api;

/// <summary>The JSON line that the commands of API mixes print.</summary>
/// <param name="Answered">How many requests were answered.</param>
/// <param name="Errors">How many of them were not with 2xx, and requests without an answer.</param>
/// <param name="PerSecond">Over the time of the load.</param>
/// <param name="GetMs">Of all GETs, from when each was to be sent to the answer.</param>
/// <param name="WriteMs">Of all others.</param>
/// <param name="Kinds">Each kind of request.</param>
/// <param name="Seconds">How long the load was on.</param>
/// <param name="SeedSeconds">How long the inserts before took, with their indexes and statistics.</param>
/// <param name="FirstError">The first answer that was none of 2xx.</param>
internal sealed record ApiReport(
    long Answered, long Errors, double PerSecond, Percentiles GetMs, Percentiles WriteMs, IReadOnlyDictionary<string, ApiKindStats> Kinds,
    double Seconds, double SeedSeconds, string? FirstError)
{
    [JsonIgnore]
    public bool IsFine => Errors == 0;

    /// <summary>Adds up what was answered.</summary>
    public static ApiReport Of(IReadOnlyList<ApiKind> kinds, ApiSource source, LoadResult load, double seedSeconds)
    {
        var requests = load.Accepted.ToLookup(request => source.KindOf(request.Number));
        var times = source.ServerTimes.ToLookup(one => one.Kind, one => one.Time);
        var stats = kinds.Select((_, kind) => ApiKindStats.Of(requests[kind], times[kind])).ToList();
        var answered = load.Accepted.Count;
        return new(
            answered, load.Errors + load.Rejected + stats.Sum(one => one.Errors), Math.Round(answered / load.Elapsed.TotalSeconds, 1),
            Of(isWrite: false).Ms, Of(isWrite: true).Ms,
            kinds.Zip(stats).ToDictionary(one => one.First.Name, one => one.Second), Math.Round(load.Elapsed.TotalSeconds, 2),
            Math.Round(seedSeconds, 1), source.FirstError ?? load.LastError);

        ApiKindStats Of(bool isWrite) => ApiKindStats.OfAll(kinds, requests, times, isWrite);
    }
}

/// <summary>How requests of a kind were answered.</summary>
/// <param name="Count">How many were.</param>
/// <param name="Errors">How many of them not with 2xx; their times do not count.</param>
/// <param name="Ms">From when each was to be sent to the answer.</param>
/// <param name="ServerMs">How long each took, as the server says.</param>
internal sealed record ApiKindStats(long Count, long Errors, Percentiles Ms, Percentiles ServerMs)
{
    /// <summary>Adds up what was answered.</summary>
    public static ApiKindStats Of(IEnumerable<AcceptedRequest> requests, IEnumerable<TimeSpan> times)
    {
        var (latency, server, errors) = (new LatencyRecorder(), new LatencyRecorder(), 0L);
        foreach (var request in requests)
        {
            if ((int)request.Status is >= 200 and < 300)
                latency.Record(request.Latency);
            else
                errors++;
        }

        foreach (var time in times)
            server.Record(time);
        return new(latency.Count + errors, errors, latency.ToPercentiles(), server.ToPercentiles());
    }

    /// <summary>The same of all GETs, or of all others.</summary>
    public static ApiKindStats OfAll(
        IReadOnlyList<ApiKind> kinds, ILookup<int, AcceptedRequest> requests, ILookup<int, TimeSpan> times, bool isWrite)
    {
        var wanted = Enumerable.Range(0, kinds.Count).Where(kind => kinds[kind].IsWrite == isWrite).ToList();
        return Of(wanted.SelectMany(kind => requests[kind]), wanted.SelectMany(kind => times[kind]));
    }
}

/// <summary>The table of a run, for people.</summary>
internal static class ApiTable
{
    private const int Width = 9;
    private const string AllWrites = "all writes";

    /// <summary>Its lines: a head, one for each kind, one for all GETs and one for all others. Each begins with two spaces.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<ApiKind> kinds, ApiSource source, LoadResult load)
    {
        var requests = load.Accepted.ToLookup(request => source.KindOf(request.Number));
        var times = source.ServerTimes.ToLookup(one => one.Kind, one => one.Time);
        var first = Math.Max(AllWrites.Length, kinds.Max(kind => kind.Name.Length)) + 2;
        yield return Line(first, "request", "count", "errors", "p50", "p95", "p99", "edge-p50", "edge-p95", "edge-p99");
        foreach (var (place, kind) in kinds.Index())
            yield return Line(first, kind.Name, ApiKindStats.Of(requests[place], times[place]));
        yield return Line(first, "all GETs", ApiKindStats.OfAll(kinds, requests, times, isWrite: false));
        yield return Line(first, AllWrites, ApiKindStats.OfAll(kinds, requests, times, isWrite: true));
    }

    private static string Line(int first, string name, ApiKindStats stats) => Line(
        first, name, Whole(stats.Count), Whole(stats.Errors), Ms(stats.Ms.P50), Ms(stats.Ms.P95), Ms(stats.Ms.P99), Ms(stats.ServerMs.P50),
        Ms(stats.ServerMs.P95), Ms(stats.ServerMs.P99));

    private static string Line(int first, string name, params ReadOnlySpan<string> values)
    {
        var line = $"  {name.PadRight(first)}";
        foreach (var value in values)
            line += value.PadLeft(Width);
        return line;
    }

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Ms(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}

/// <summary>The JSON of the report.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiReport))]
internal sealed partial class ApiJson : JsonSerializerContext;
