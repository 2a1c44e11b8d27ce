using Npgsql;
using Switchboard.Core.Performance;
using Switchboard.Edge.Api.Database;

namespace Switchboard.Edge.Api.EmailAnalytics;

/// <summary>Counts by the function of the database, which is planned for each span.</summary>
internal static class SelectFigures
{
    private const string Sql =
        $"""
        SELECT {FigureRow.Columns}, statement_timestamp(), (SELECT refreshed_at FROM tracking_view_refreshes)
        FROM get_tracking_analytics($1, $2, $3, $4, $5)
        """;

    public static async Task<FigureSet> ExecuteAsync(
        NpgsqlDataSource database, QueryMonitor queries, FigureQuery query, bool useViews, CancellationToken cancellation)
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
