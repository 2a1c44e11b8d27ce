using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Publishing;

/// <summary>The state of a post: what its targets make of it.</summary>
public static class PostState
{
    // a target that an attempt was made of is under way, even while it waits for the next; what is prepared before it is due is not
    private const string DeriveSql =
        """
        WITH asked AS (
            SELECT DISTINCT user_id, post_id FROM unnest($1::uuid[], $2::uuid[]) AS asked (user_id, post_id)
        ), counted AS (
            SELECT t.user_id, t.post_id, count(*) AS targets,
                   count(*) FILTER (WHERE t.state = 'draft') AS drafts,
                   count(*) FILTER (WHERE t.attempts = 0 AND (
                       t.state IN ('pending', 'waiting') OR (t.state IN ('preparing', 'ready') AND t.due_at > $3))) AS ahead,
                   count(*) FILTER (WHERE t.state IN ('published', 'deleted')) AS published,
                   count(*) FILTER (WHERE t.state = 'failed') AS failed,
                   count(*) FILTER (WHERE t.state = 'cancelled') AS cancelled
            FROM asked
            JOIN social_post_targets t ON t.user_id = asked.user_id AND t.post_id = asked.post_id
            GROUP BY t.user_id, t.post_id
        ), derived AS (
            SELECT user_id, post_id, CASE
                       WHEN drafts = targets THEN 'draft'
                       WHEN cancelled = targets THEN 'cancelled'
                       WHEN published = targets THEN 'published'
                       WHEN published + failed + cancelled = targets THEN CASE WHEN published > 0 THEN 'partly' ELSE 'failed' END
                       WHEN drafts + ahead + cancelled = targets THEN 'scheduled'
                       ELSE 'publishing' END AS state
            FROM counted
        )
        UPDATE social_posts p
        SET state = derived.state, updated_at = $3,
            finished_at = CASE WHEN derived.state IN ('published', 'partly', 'failed', 'cancelled') THEN $3 END
        FROM derived
        WHERE p.id = derived.post_id AND p.user_id = derived.user_id AND p.state <> derived.state
        """;

    /// <summary>Derives it, within the transaction that changed targets and has locked their posts.</summary>
    public static Task<int> DeriveAsync(
        NpgsqlTransaction transaction,
        IReadOnlyCollection<(Guid UserId, Guid PostId)> posts,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.Command(DeriveSql, posts.Select(post => post.UserId).ToArray(), posts.Select(post => post.PostId).ToArray(), now)
            .RunAsync(cancellationToken);
}
