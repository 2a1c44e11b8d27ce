using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>Reads a list by a plain statement, mail by mail in its order: the same answer, slower where few mails are wanted.</summary>
internal static class ScanTrackedEmails
{
    private const string Filter =
        """
          AND ($2::text IS NULL OR t.status = $2)
          AND ($3::boolean IS NULL OR t.has_response = $3)
          AND ($4::text IS NULL OR $4 = ANY (t.recipients)
               OR EXISTS (SELECT FROM unnest(t.recipients) AS one WHERE '@' || split_part(one, '@', -1) = $4))
          AND ($5::text IS NULL OR ' ' || tracked_subject_words(t.subject) LIKE ALL (tracked_email_patterns($5)))
          AND ($6::timestamptz IS NULL OR t.sent_at >= $6)
          AND ($7::timestamptz IS NULL OR t.sent_at < $7)
        """;

    public static async Task<TrackedEmailPart> ExecuteAsync(
        NpgsqlDataSource database, QueryMonitor queries, TrackedEmailQuery query, CancellationToken cancellation)
    {
        var list = Command(database, query, Sql(query), query.AfterAt, query.AfterId, query.Take, query.Skip);
        var items = await queries.RunAsync(
            "tracked-emails-plain", list, (command, ct) => command.ListAsync(TrackedEmailResponse.Read, ct), cancellation);
        if (query.CountUpTo == 0)
            return new(items, null);

        var count = Command(database, query, CountSql(query), query.CountUpTo);
        return new(items, await queries.RunAsync(
            "count-tracked-emails-plain", count, (command, ct) => command.ScalarAsync<int>(ct), cancellation));
    }

    /// <summary>The statement: $1 to $7 filter, $8 and $9 are the place in the order, $10 and $11 how many.</summary>
    public static string Sql(TrackedEmailQuery query)
    {
        var sort = query.Sort;
        var (time, direction, beyond) = (TimeOf(sort), TrackedEmailSort.IsDescending(sort) ? "DESC" : "ASC", TrackedEmailSort.IsDescending(sort) ? "<" : ">");
        return
            $"""
            SELECT {TrackedEmailResponse.Columns}
            {Listed(query)}
              AND ($8::timestamptz IS NULL OR (t.{time}, t.id) {beyond} ($8, $9::uuid))
            ORDER BY t.{time} {direction}, t.id {direction}
            LIMIT $10 OFFSET $11
            """;
    }

    private static string CountSql(TrackedEmailQuery query) => $"SELECT count(*)::int FROM (SELECT {Listed(query)} LIMIT $8) AS listed";

    private static string TimeOf(string sort) => TrackedEmailSort.IsByAnswer(sort) ? "response_at" : "sent_at";

    // of one account the index gives the order too
    private static string Listed(TrackedEmailQuery query) =>
        $"""
        FROM tracked_emails AS t
        WHERE {(query.Accounts.Ids.Length == 1 ? "t.account_id = ($1::uuid[])[1]" : "t.account_id = ANY ($1)")}
        {Filter} {(TrackedEmailSort.IsByAnswer(query.Sort) ? "AND t.response_at IS NOT NULL" : "")}
        """;

    private static NpgsqlCommand Command(NpgsqlDataSource database, TrackedEmailQuery query, string sql, params object?[] more) =>
        database.Command(
            sql,
            [query.Accounts.Ids, query.Status, query.HasResponse, query.Recipient, query.Search, query.Since, query.Until, .. more]);
}
