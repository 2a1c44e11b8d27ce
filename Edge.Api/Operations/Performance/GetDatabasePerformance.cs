using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>Connections to Postgres.</summary>
/// <param name="Total">How many are open.</param>
/// <param name="Idle">How many of them are not in use.</param>
/// <param name="Waiting">How many wait for one.</param>
/// <param name="Max">How many may be open.</param>
internal sealed record DatabasePool(int Total, int Idle, int Waiting, int Max)
{
    /// <summary>Those of all processes together.</summary>
    public static DatabasePool Of(IEnumerable<ProcessReport> reports)
    {
        var pools = reports.Select(report => report.Find<DatabaseStats>()).OfType<DatabaseStats>().ToArray();
        return new(
            pools.Sum(pool => pool.Total), pools.Sum(pool => pool.Idle), pools.Sum(pool => pool.Waiting), pools.Sum(pool => pool.Max));
    }
}

/// <summary>The connections of one process.</summary>
internal sealed record ProcessDatabasePool(
    string Service, Guid ProcessId, DateTimeOffset SeenAt, int Total, int Idle, int Waiting, int Max);

/// <summary>The connections of all processes, and of each.</summary>
internal sealed record DatabasePerformance(DatabasePool Pool, IReadOnlyList<ProcessDatabasePool> Processes)
{
    public static DatabasePerformance Of(IReadOnlyList<ProcessReport> reports) => new(
        DatabasePool.Of(reports),
        [.. from report in reports
            let pool = DatabasePool.Of([report])
            select new ProcessDatabasePool(
                report.Service, report.ProcessId, report.SeenAt, pool.Total, pool.Idle, pool.Waiting, pool.Max)]);
}

/// <summary><c>GET /api/sms/performance/database</c>: the pools of connections to Postgres.</summary>
internal sealed class GetDatabasePerformance(ProcessReports reports) : EndpointWithoutRequest<Ok<DatabasePerformance>>
{
    public override void Configure()
    {
        Get("/api/sms/performance/database");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("SMS", "Read the connections to the database, summed and by process")
            .Produces<DatabasePerformance>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<DatabasePerformance>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(DatabasePerformance.Of(await reports.ReadAsync(ct)));
}
