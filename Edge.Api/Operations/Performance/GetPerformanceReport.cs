using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>A process that runs.</summary>
/// <param name="Service">edge, ingest, dispatch or analytics.</param>
/// <param name="ProcessId">Which of them.</param>
/// <param name="StartedAt">Since when.</param>
/// <param name="UptimeSeconds">For how long.</param>
/// <param name="Memory">Its memory.</param>
internal sealed record ProcessUptime(string Service, Guid ProcessId, DateTimeOffset StartedAt, double UptimeSeconds, MemoryUse Memory);

/// <summary>Memory, in bytes: now, and the most that there was.</summary>
internal sealed record MemoryUse(long WorkingSetBytes, long PeakWorkingSetBytes);

/// <summary>Measured queries, over all processes.</summary>
/// <param name="Total">How many ran since the processes started.</param>
/// <param name="AverageMs">How long one took on average within the last 5 minutes; null when none ran.</param>
/// <param name="Slow">How many were slow (<c>Queries:SlowQueryMilliseconds</c>) since the processes started.</param>
/// <param name="Recent">The latest slow ones, the last one first.</param>
internal sealed record QuerySummary(long Total, double? AverageMs, long Slow, IReadOnlyList<SlowQuery> Recent);

/// <summary>What a route answered, over all processes of the edge. The times are null when it was not asked.</summary>
/// <param name="Route">Its method and route.</param>
/// <param name="Requests">How many since the processes started.</param>
/// <param name="Errors">How many of them were answered 500 and above.</param>
/// <param name="LastFiveMinutes">What it did of late.</param>
internal sealed record RouteSummary(string Route, long Requests, long Errors, RecentCalls LastFiveMinutes);

/// <summary>How the installation performs.</summary>
/// <param name="StartedAt">Since when the process that answers runs.</param>
/// <param name="UptimeSeconds">For how long.</param>
/// <param name="Memory">The memory of all processes together.</param>
/// <param name="Processes">Each of them.</param>
/// <param name="Queries">What they asked the database.</param>
/// <param name="Requests">What was asked of the edge, by route: what took the most time of late first.</param>
/// <param name="SlowOperations">Slow requests, with where their time went.</param>
internal sealed record PerformanceReport(
    DateTimeOffset StartedAt,
    double UptimeSeconds,
    MemoryUse Memory,
    IReadOnlyList<ProcessUptime> Processes,
    QuerySummary Queries,
    IReadOnlyList<RouteSummary> Requests,
    SlowRequestStats SlowOperations)
{
    private const int Shown = 20;

    /// <summary>Adds the reports up, the first of which is of the process that answers.</summary>
    public static PerformanceReport Of(IReadOnlyList<ProcessReport> reports)
    {
        ProcessUptime[] processes =
        [
            .. from report in reports
               let stats = report.Find<ProcessStats>()
               where stats is not null
               select new ProcessUptime(
                   report.Service, report.ProcessId, stats.StartedAt, Math.Round((report.SeenAt - stats.StartedAt).TotalSeconds, 1),
                   new(stats.WorkingSetBytes, stats.PeakWorkingSetBytes)),
        ];
        return new(
            processes[0].StartedAt,
            processes[0].UptimeSeconds,
            new(processes.Sum(one => one.Memory.WorkingSetBytes), processes.Sum(one => one.Memory.PeakWorkingSetBytes)),
            processes,
            QueriesOf([.. reports.Select(report => report.Find<QueryStats>()).OfType<QueryStats>()]),
            RoutesOf(reports),
            SlowOf([.. reports.Select(report => report.Find<SlowRequestStats>()).OfType<SlowRequestStats>()]));
    }

    private static QuerySummary QueriesOf(IReadOnlyList<QueryStats> stats)
    {
        var all = stats.SelectMany(one => one.Counters.Values).Aggregate(RequestCounts.None, (sum, one) => sum.Plus(one));
        return new(
            all.Count, Rounded(all.LastFiveMinutes.AverageMs()), stats.Sum(one => one.Slow),
            [.. stats.SelectMany(one => one.RecentSlow).OrderByDescending(one => one.At).Take(Shown)]);
    }

    private static RouteSummary[] RoutesOf(IEnumerable<ProcessReport> reports) =>
        [.. from report in reports
            from route in report.Find<RouteStats>()?.Routes ?? new Dictionary<string, RouteCounts>()
            group route.Value by route.Key into same
            let recent = same.Aggregate(RequestWindow.Empty, (sum, one) => sum.Plus(one.LastFiveMinutes))
            orderby recent.TotalMs descending, same.Key
            select new RouteSummary(
                same.Key, same.Sum(one => one.Count), same.Sum(one => one.Errors),
                new(
                    recent.Count, Math.Round(recent.TotalMs, 1), Rounded(recent.AverageMs()), Rounded(recent.PercentileMs(0.50)),
                    Rounded(recent.PercentileMs(0.95)), Rounded(recent.PercentileMs(0.99))))];

    private static SlowRequestStats SlowOf(IReadOnlyList<SlowRequestStats> stats) => new(
        stats.Sum(one => one.Count), [.. stats.SelectMany(one => one.Latest).OrderByDescending(one => one.At).Take(Shown)]);

    private static double? Rounded(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 2) : null;
}

/// <summary>
/// <c>GET /api/operations/performance/report</c>: how long the processes run, their memory, queries, requests, and what was slow.
/// </summary>
internal sealed class GetPerformanceReport(ProcessReports reports) : EndpointWithoutRequest<Ok<PerformanceReport>>
{
    public override void Configure()
    {
        Get("/api/operations/performance/report");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Operations", "Read uptime, memory, queries, requests by route, and what was slow")
            .Produces<PerformanceReport>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<PerformanceReport>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(PerformanceReport.Of(await reports.ReadAsync(ct)));
}
