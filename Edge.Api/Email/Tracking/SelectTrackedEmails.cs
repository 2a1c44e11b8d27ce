using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>Reads a list by the functions of the database, which are planned for each combination of filters.</summary>
internal static class SelectTrackedEmails
{
    private const string Sql =
        $"""
        SELECT {TrackedEmailResponse.Columns}
        FROM get_tracked_emails($1, $2::text, $3::boolean, $4::text, $5::text, $6::timestamptz, $7::timestamptz, $8, $9::timestamptz, $10::uuid, $11, $12)
            WITH ORDINALITY AS t
        ORDER BY t.ordinality
        """;

    private const string CountSql =
        "SELECT count_tracked_emails($1, $2::text, $3::boolean, $4::text, $5::text, $6::timestamptz, $7::timestamptz, $8, $9)";

    public static async Task<TrackedEmailPart> ExecuteAsync(
        NpgsqlDataSource database, QueryMonitor queries, TrackedEmailQuery query, CancellationToken cancellation)
    {
        var list = database.Command(
            Sql, query.Accounts.Ids, query.Status, query.HasResponse, query.Recipient, query.Search, query.Since, query.Until, query.Sort,
            query.AfterAt, query.AfterId, query.Take, query.Skip);
        var items = await queries.RunAsync(
            "tracked-emails", list, (command, ct) => command.ListAsync(TrackedEmailResponse.Read, ct), cancellation);
        if (query.CountUpTo == 0)
            return new(items, null);

        var count = database.Command(
            CountSql, query.Accounts.Ids, query.Status, query.HasResponse, query.Recipient, query.Search, query.Since, query.Until,
            query.Sort, query.CountUpTo);
        return new(items, await queries.RunAsync(
            "count-tracked-emails", count, (command, ct) => command.ScalarAsync<int>(ct), cancellation));
    }
}
