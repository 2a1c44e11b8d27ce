using Npgsql;
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

    public static async Task<FigureSet> ExecuteAsync(NpgsqlDataSource database, FigureQuery query, bool useViews, CancellationToken cancellation)
    {
        var span = query.Span;
        var rows = await database.Command(Sql, query.Accounts.Ids, span.From, span.To, span.Bucket, useViews).ListAsync(CountedRow.Read, cancellation);
        return CountedRow.Together(rows, useViews);
    }
}
