using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>Counts by the function of the database, which is planned for each span.</summary>
internal static class SelectStats
{
    private const string Sql =
        $"""
        SELECT {StatsRow.Columns}, statement_timestamp(), (SELECT refreshed_at FROM tracking_view_refreshes)
        FROM get_tracking_analytics($1, $2, $3, $4, $5)
        """;

    public static async Task<StatsSet> ExecuteAsync(
        NpgsqlDataSource database, QueryMonitor queries, StatsQuery query, bool useViews, CancellationToken cancellation)
    {
        var span = query.Span;
        var rows = await queries.RunAsync(
            "email-analytics",
            database.Command(Sql, query.Accounts.Ids, span.From, span.To, span.Bucket, useViews),
            (command, ct) => command.ListAsync(CountedRow.Read, ct),
            cancellation);
        return CountedRow.Together(rows, useViews);
    }
}
