using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>A statement that is measured under a name, over all processes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Calls">How often it ran since the processes started.</param>
/// <param name="Errors">How often it failed by our fault.</param>
/// <param name="LastFiveMinutes">What it did of late.</param>
/// <param name="Services">The processes that ran it.</param>
/// <param name="Plan">Where its plan is told; null where the process that answers did not run it, or it has none.</param>
internal sealed record HotQuery(
    string Name, long Calls, long Errors, RecentCalls LastFiveMinutes, IReadOnlyList<string> Services, string? Plan);

/// <summary>What a statement did within the last 5 minutes; the times are null when it did not run.</summary>
/// <param name="Calls">How often it ran.</param>
/// <param name="TotalMs">How long it took altogether, in milliseconds: by this the list is sorted.</param>
/// <param name="AverageMs">How long on average.</param>
/// <param name="P50Ms">Half of its runs were as quick as this.</param>
/// <param name="P95Ms">95 % were.</param>
/// <param name="P99Ms">99 % were.</param>
internal sealed record RecentCalls(long Calls, double TotalMs, double? AverageMs, double? P50Ms, double? P95Ms, double? P99Ms);

/// <summary>All statements that are measured, what took the most time of late first.</summary>
internal sealed record HotQueries(IReadOnlyList<HotQuery> Items)
{
    public static HotQueries Of(IReadOnlyList<ProcessReport> reports, QueryMonitor own) => new(
        [.. from report in reports
            from query in report.Find<QueryStats>()?.Counters ?? new Dictionary<string, RequestCounts>()
            group (report.Service, query.Value) by query.Key into named
            let counts = named.Aggregate(RequestCounts.None, (sum, one) => sum.Plus(one.Value))
            let recent = counts.LastFiveMinutes
            orderby recent.TotalMs descending, named.Key
            select new HotQuery(
                named.Key, counts.Count, counts.Errors,
                new(
                    recent.Count, Math.Round(recent.TotalMs, 1), Rounded(recent.AverageMs()),
                    Percentile(recent, 0.50), Percentile(recent, 0.95), Percentile(recent, 0.99)),
                [.. named.Select(one => one.Service).Distinct()],
                own.HasPlan(named.Key) ? $"{ListQueries.Path}/{named.Key}/plan" : null)]);

    private static double? Percentile(RequestWindow window, double part) => Rounded(window.PercentileMs(part));

    private static double? Rounded(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 1) : null;
}

/// <summary><c>GET /api/operations/queries</c>: the statements that matter, how often they ran and how long they took.</summary>
internal sealed class ListQueries(ProcessReports reports, QueryMonitor queries) : EndpointWithoutRequest<Ok<HotQueries>>
{
    public const string Path = "/api/operations/queries";

    public override void Configure()
    {
        Get(Path);
        Policies(Scope.Admin);
        Description(endpoint => endpoint.Titled("Operations", "List the named queries with their calls and times, over all processes")
            .Produces<HotQueries>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<HotQueries>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(HotQueries.Of(await reports.ReadAsync(ct), queries));
}

/// <summary>How the database runs a query.</summary>
/// <param name="Name">The name of the query.</param>
/// <param name="Plan">What EXPLAIN tells, a line each, with … in the place of values.</param>
internal sealed record QueryPlanResponse(string Name, IReadOnlyList<string> Plan);

/// <summary>
/// <c>GET /api/operations/queries/{name}/plan</c>: EXPLAIN of a query by its name, never of a text that is given; nothing is run.
/// </summary>
internal sealed class GetQueryPlan(QueryMonitor queries) : EndpointWithoutRequest<Results<Ok<QueryPlanResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get($"{ListQueries.Path}/{{name}}/plan");
        Policies(Scope.Admin);
        Description(endpoint => endpoint.Titled("Operations", "Read how the database would run a named query now")
            .Produces<QueryPlanResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<QueryPlanResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var name = Route<string>("name")!;
        return await queries.PlanAsync(name, ct) is { } plan
            ? TypedResults.Ok(new QueryPlanResponse(name, plan.Split('\n')))
            : Problems.For(StatusCodes.Status404NotFound, "This process has run no query of that name since it started.");
    }
}
