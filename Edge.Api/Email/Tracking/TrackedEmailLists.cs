using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Deletion;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>
/// Parts of lists: from the cache (<c>ENABLE_QUERY_CACHING</c>) in front of the database, there by its functions or by plain statements
/// (<c>USE_OPTIMIZED_QUERIES</c>). Each way gives the same answer.
/// </summary>
internal sealed class TrackedEmailLists(NpgsqlDataSource dataSource, QueryMonitor queries, HybridCache cache, FeatureRollout rollout)
{
    /// <summary>Reads a part of a list.</summary>
    public Task<TrackedEmailPart> ReadAsync(TrackedEmailQuery query, CancellationToken cancellationToken) =>
        query.Accounts.Ids.Length == 0
            ? Task.FromResult(new TrackedEmailPart([], query.CountUpTo == 0 ? null : 0))
            : rollout.RunAsync(
                Feature.QueryCaching, query.Accounts.Only,
                optimised: cancellationToken => cache.GetOrCreateAsync(
                    query.CacheKey(), loading => new ValueTask<TrackedEmailPart>(LoadAsync(query, loading)),
                    tags: [UserDeletion.CacheTag(query.Accounts.UserId)], cancellationToken: cancellationToken).AsTask(),
                plain: cancellationToken => LoadAsync(query, cancellationToken),
                TrackedEmailPart.Difference, cancellationToken);

    private Task<TrackedEmailPart> LoadAsync(TrackedEmailQuery query, CancellationToken cancellationToken) => rollout.RunAsync(
        Feature.OptimizedQueries, query.Accounts.Only,
        optimised: cancellationToken => SelectTrackedEmails.ExecuteAsync(dataSource, queries, query, cancellationToken),
        plain: cancellationToken => ScanTrackedEmails.ExecuteAsync(dataSource, queries, query, cancellationToken),
        TrackedEmailPart.Difference, cancellationToken);
}

/// <summary>Reads a list by the functions of the database, which are planned for each combination of filters.</summary>
internal static class SelectTrackedEmails
{
    private const string Sql =
        $"""
        SELECT {TrackedEmailResponse.Columns}
        FROM get_tracked_emails(
            $1, $2::text, $3::boolean, $4::text, $5::text, $6::timestamptz, $7::timestamptz, $8, $9::timestamptz, $10::uuid, $11, $12)
            WITH ORDINALITY AS t
        WHERE t.user_id = $13
        ORDER BY t.ordinality
        """;

    private const string CountSql =
        """
        SELECT count_tracked_emails(
            ARRAY(SELECT id FROM mailboxes WHERE id = ANY ($1) AND user_id = $10),
            $2::text, $3::boolean, $4::text, $5::text, $6::timestamptz, $7::timestamptz, $8, $9)
        """;

    public static async Task<TrackedEmailPart> ExecuteAsync(
        NpgsqlDataSource dataSource, QueryMonitor queries, TrackedEmailQuery query, CancellationToken cancellationToken)
    {
        var list = dataSource.Command(
            Sql, query.Accounts.Ids, query.Status, query.HasResponse, query.Recipient, query.Search, query.Since, query.Until, query.Sort,
            query.AfterAt, query.AfterId, query.Take, query.Skip, query.Accounts.UserId);
        var items = await queries.RunAsync(
            "tracked-emails", list,
            (command, cancellationToken) => command.ListAsync(TrackedEmailResponse.Read, cancellationToken), cancellationToken);
        if (query.CountUpTo == 0)
            return new(items, null);

        var count = dataSource.Command(
            CountSql, query.Accounts.Ids, query.Status, query.HasResponse, query.Recipient, query.Search, query.Since, query.Until,
            query.Sort, query.CountUpTo, query.Accounts.UserId);
        return new(items, await queries.RunAsync(
            "count-tracked-emails", count, (command, cancellationToken) => command.ScalarAsync<int>(cancellationToken), cancellationToken));
    }
}

/// <summary>Reads a list by a plain statement, mail by mail in its order: the same answer, slower where few mails are wanted.</summary>
internal static class ScanTrackedEmails
{
    private const string Filter =
        """
          AND t.user_id = $8
          AND ($2::text IS NULL OR t.status = $2)
          AND ($3::boolean IS NULL OR t.has_response = $3)
          AND ($4::text IS NULL OR $4 = ANY (t.recipients)
               OR EXISTS (SELECT FROM unnest(t.recipients) AS one WHERE '@' || split_part(one, '@', -1) = $4))
          AND ($5::text IS NULL OR ' ' || tracked_subject_words(t.subject) LIKE ALL (tracked_email_patterns($5)))
          AND ($6::timestamptz IS NULL OR t.sent_at >= $6)
          AND ($7::timestamptz IS NULL OR t.sent_at < $7)
        """;

    public static async Task<TrackedEmailPart> ExecuteAsync(
        NpgsqlDataSource dataSource, QueryMonitor queries, TrackedEmailQuery query, CancellationToken cancellationToken)
    {
        var list = Command(dataSource, query, Sql(query), query.AfterAt, query.AfterId, query.Take, query.Skip);
        var items = await queries.RunAsync(
            "tracked-emails-plain", list,
            (command, cancellationToken) => command.ListAsync(TrackedEmailResponse.Read, cancellationToken), cancellationToken);
        if (query.CountUpTo == 0)
            return new(items, null);

        var count = Command(dataSource, query, CountSql(query), query.CountUpTo);
        return new(items, await queries.RunAsync(
            "count-tracked-emails-plain", count,
            (command, cancellationToken) => command.ScalarAsync<int>(cancellationToken), cancellationToken));
    }

    /// <summary>The statement: $1 to $8 filter, $9 and $10 are the place in the order, $11 and $12 how many.</summary>
    public static string Sql(TrackedEmailQuery query)
    {
        var sort = query.Sort;
        var time = TimeOf(sort);
        var (direction, beyond) = TrackedEmailSort.IsDescending(sort) ? ("DESC", "<") : ("ASC", ">");
        return
            $"""
            SELECT {TrackedEmailResponse.Columns}
            {Listed(query)}
              AND ($9::timestamptz IS NULL OR (t.{time}, t.id) {beyond} ($9, $10::uuid))
            ORDER BY t.{time} {direction}, t.id {direction}
            LIMIT $11 OFFSET $12
            """;
    }

    private static string CountSql(TrackedEmailQuery query) => $"SELECT count(*)::int FROM (SELECT {Listed(query)} LIMIT $9) AS listed";

    private static string TimeOf(string sort) => TrackedEmailSort.IsByAnswer(sort) ? "response_at" : "sent_at";

    // of one account the index gives the order too
    private static string Listed(TrackedEmailQuery query) =>
        $"""
        FROM tracked_emails AS t
        WHERE {(query.Accounts.Ids.Length == 1 ? "t.account_id = ($1::uuid[])[1]" : "t.account_id = ANY ($1)")}
        {Filter} {(TrackedEmailSort.IsByAnswer(query.Sort) ? "AND t.response_at IS NOT NULL" : "")}
        """;

    private static NpgsqlCommand Command(NpgsqlDataSource dataSource, TrackedEmailQuery query, string sql, params object?[] more) =>
        dataSource.Command(
            sql,
            [
                query.Accounts.Ids, query.Status, query.HasResponse, query.Recipient, query.Search, query.Since, query.Until,
                query.Accounts.UserId, .. more,
            ]);
}
