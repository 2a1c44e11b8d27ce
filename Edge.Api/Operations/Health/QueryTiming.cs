using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>How one query did in the last five minutes, in all processes of one kind.</summary>
/// <param name="Service">Whose query: edge, ingest, analytics.</param>
/// <param name="Name">Which.</param>
/// <param name="Count">How often it ran.</param>
/// <param name="Errors">How often it failed.</param>
/// <param name="AverageMs">How long it took on average; null when it did not run.</param>
/// <param name="P95Ms">What 95 % of its runs did not exceed, in milliseconds.</param>
internal sealed record QueryTiming(string Service, string Name, long Count, long Errors, double? AverageMs, double? P95Ms)
{
    /// <summary>All that are measured.</summary>
    public static IReadOnlyList<QueryTiming> Of(IReadOnlyList<ProcessReport> reports) =>
        [.. from report in reports
            from counter in report.Find<QueryStats>()?.Counters ?? new Dictionary<string, RequestCounts>()
            group counter.Value.LastFiveMinutes by (report.Service, Name: counter.Key) into same
            orderby same.Key.Service, same.Key.Name
            let window = Sum(same)
            select new QueryTiming(
                same.Key.Service, same.Key.Name, window.Count, window.Errors, Round(window.AverageMs()), Round(window.PercentileMs(0.95)))];

    /// <summary>
    /// Those that requests wait for, together. What the workers run beside them, such as the refresh of a view, may take its time.
    /// </summary>
    public static RequestWindow OfRequests(IReadOnlyList<ProcessReport> reports) => Sum(
        from report in reports
        where report.Service == ProcessServices.Edge
        from counter in report.Find<QueryStats>()?.Counters.Values ?? []
        select counter.LastFiveMinutes);

    private static RequestWindow Sum(IEnumerable<RequestWindow> windows) =>
        windows.Aggregate(RequestWindow.Empty, (sum, window) => sum.Plus(window));

    private static double? Round(double? ms) => ms is { } value ? Math.Round(value, 2) : null;
}
