using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Scheduling;

/// <summary>
/// The posts that wait in schedules of slots, in the order of <c>social_posts.queue_position</c>: each slot takes the first. They have no
/// time until then, so that a queue can be put in another order, and a schedule moved or paused, without a post being touched.
/// </summary>
public sealed class ScheduleQueue(NpgsqlDataSource dataSource)
{
    private const string LockSql = "SELECT kind FROM social_schedules WHERE id = $1 AND user_id = $2 FOR NO KEY UPDATE";

    private const string LastSql =
        "SELECT coalesce(max(queue_position), 0) FROM social_posts WHERE schedule_id = $1 AND user_id = $2 AND queue_position IS NOT NULL";

    /// <summary>
    /// The position of the next post that joins the queue, and of those that follow it: counted on from it by the caller, who inserts them
    /// in the same transaction. Null when the user has no such schedule of slots.
    /// </summary>
    public static async Task<long?> NextPositionAsync(
        NpgsqlTransaction transaction, Guid userId, Guid scheduleId, CancellationToken cancellationToken)
    {
        // a statement of its own: the next one sees the posts for which this one waited
        var kind = await transaction.Command(LockSql, scheduleId, userId).FirstAsync(row => row.GetString(0), cancellationToken);
        return kind == "slots" ? await transaction.Command(LastSql, scheduleId, userId).ScalarAsync<long>(cancellationToken) + 1 : null;
    }

    private const string PositionOfSql = "SELECT queue_position FROM social_posts WHERE id = $1 AND user_id = $2 AND schedule_id = $3";

    // by idx_social_posts_queue; its rank says which of the next slots is its own
    private const string ListSql =
        """
        SELECT id, queue_position, content ->> 'text',
               (SELECT count(*) FROM social_posts AS b
                WHERE b.schedule_id = $1 AND b.user_id = $2 AND b.queue_position IS NOT NULL AND b.queue_position <= $3)
               + row_number() OVER (ORDER BY queue_position) AS rank, created_at
        FROM social_posts
        WHERE schedule_id = $1 AND user_id = $2 AND queue_position > $3
        ORDER BY queue_position
        LIMIT $4 OFFSET $5
        """;

    /// <summary>The posts of a queue, the next to go out first.</summary>
    /// <param name="userId">Whose it is.</param>
    /// <param name="scheduleId">Its schedule.</param>
    /// <param name="after">Those after this post; null, or one that waits no longer: from the first.</param>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<List<QueuedPost>> ListAsync(
        Guid userId, Guid scheduleId, Guid? after, int skip, int take, CancellationToken cancellationToken)
    {
        var from = after is null
            ? null
            : (await dataSource.Command(PositionOfSql, after, userId, scheduleId)
                .ListAsync(row => row.Nullable<long>(0), cancellationToken)).FirstOrDefault();
        return await dataSource.Command(ListSql, scheduleId, userId, from ?? long.MinValue, take, skip).ListAsync(
            row => new QueuedPost(
                row.GetGuid(0), row.GetInt64(1), row.Text(2) ?? "", row.GetInt64(3), row.GetFieldValue<DateTimeOffset>(4)),
            cancellationToken);
    }

    private const string CountSql =
        """
        SELECT count(*) FROM (
            SELECT FROM social_posts WHERE schedule_id = $1 AND user_id = $2 AND queue_position IS NOT NULL LIMIT $3) AS counted
        """;

    /// <summary>How many posts wait in a queue, counted so far.</summary>
    public async Task<int> CountAsync(Guid userId, Guid scheduleId, int atMost, CancellationToken cancellationToken) =>
        (int)await dataSource.Command(CountSql, scheduleId, userId, atMost).ScalarAsync<long>(cancellationToken);

    // those that are named come before the first of all, in their order; the rest, however many they are, stay where they are
    private const string ReorderSql =
        """
        UPDATE social_posts AS p SET queue_position = head.position - cardinality($3::uuid[]) + first.place - 1
        FROM unnest($3::uuid[]) WITH ORDINALITY AS first (id, place), (
            SELECT min(queue_position) AS position FROM social_posts
            WHERE schedule_id = $1 AND user_id = $2 AND queue_position IS NOT NULL) AS head
        WHERE p.id = first.id AND p.user_id = $2 AND p.schedule_id = $1 AND p.queue_position IS NOT NULL
        """;

    // one that is cancelled, or published now, at this moment is waited for: it does not come back
    private const string WaitingSql =
        """
        SELECT id FROM social_posts
        WHERE id = ANY ($3) AND schedule_id = $1 AND user_id = $2 AND queue_position IS NOT NULL
        ORDER BY id
        FOR NO KEY UPDATE
        """;

    /// <summary>
    /// Puts posts at the head of the queue, in this order; those that wait no longer are answered and nothing is changed. To be called in a
    /// transaction that has locked the schedule.
    /// </summary>
    public static async Task<IReadOnlyList<Guid>> ReorderAsync(
        NpgsqlTransaction transaction, Guid userId, Guid scheduleId, Guid[] posts, CancellationToken cancellationToken)
    {
        var waiting = await transaction.Command(WaitingSql, scheduleId, userId, posts).ListAsync(row => row.GetGuid(0), cancellationToken);
        if (waiting.Count < posts.Length)
            return [.. posts.Except(waiting)];
        await transaction.Command(ReorderSql, scheduleId, userId, posts).RunAsync(cancellationToken);
        return [];
    }

    // one that an edit holds is waited for: it goes out as edited
    private const string TakeSql =
        """
        UPDATE social_posts SET queue_position = NULL, occurrence_at = $3, scheduled_at = $4, version = version + 1, updated_at = $5
        WHERE user_id = $2 AND id = (
            SELECT id FROM social_posts
            WHERE schedule_id = $1 AND user_id = $2 AND queue_position IS NOT NULL AND state = 'scheduled'
            ORDER BY queue_position LIMIT 1 FOR NO KEY UPDATE)
        RETURNING id
        """;

    /// <summary>Gives the slot to the first post of the queue; null when none waits. To be called with the schedule locked.</summary>
    public static async Task<Guid?> TakeAsync(
        NpgsqlTransaction transaction, Schedule schedule, DateTimeOffset slot, DateTimeOffset scheduledAt, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var taken = await transaction.Command(TakeSql, schedule.Id, schedule.UserId, slot, scheduledAt, now)
            .ListAsync(row => row.GetGuid(0), cancellationToken);
        return taken is [var id] ? id : null;
    }

    private const string HasMediaSql =
        """
        SELECT media_ids <> '{}' FROM social_posts
        WHERE schedule_id = $1 AND user_id = $2 AND queue_position IS NOT NULL AND state = 'scheduled'
        ORDER BY queue_position LIMIT 1
        """;

    /// <summary>Whether the first post of the queue has media; false when none waits.</summary>
    public static async Task<bool> StartsWithMediaAsync(
        NpgsqlTransaction transaction, Schedule schedule, CancellationToken cancellationToken) =>
        await transaction.Command(HasMediaSql, schedule.Id, schedule.UserId)
            .ListAsync(row => row.GetBoolean(0), cancellationToken) is [true];

    private const string MadeSql =
        "SELECT EXISTS (SELECT FROM social_posts WHERE schedule_id = $1 AND user_id = $2 AND occurrence_at = $3)";

    /// <summary>Whether an occurrence has its post.</summary>
    public static Task<bool> IsMadeAsync(
        NpgsqlTransaction transaction, Schedule schedule, DateTimeOffset occurrence, CancellationToken cancellationToken) =>
        transaction.Command(MadeSql, schedule.Id, schedule.UserId, occurrence).ScalarAsync<bool>(cancellationToken);

    private const int ReleasedAtOnce = 1_000;

    // what waits becomes a draft; what went out, or is about to, stays what it is
    private const string ReleaseSql =
        """
        WITH released AS (
            UPDATE social_posts AS p
            SET schedule_id = NULL, queue_position = NULL, state = CASE WHEN p.queue_position IS NULL THEN p.state ELSE 'draft' END,
                version = version + 1, updated_at = $4
            FROM (SELECT id, queue_position FROM social_posts WHERE schedule_id = $1 AND user_id = $2 LIMIT $3 FOR NO KEY UPDATE) AS was
            WHERE p.id = was.id AND p.user_id = $2
            RETURNING p.id, was.queue_position IS NOT NULL AS waited),
        drafted AS (
            UPDATE social_post_targets AS t SET state = 'draft', updated_at = $4
            FROM released WHERE t.post_id = released.id AND t.user_id = $2 AND released.waited AND t.state = 'pending')
        SELECT count(*) FROM released
        """;

    /// <summary>Takes all posts out of a schedule that was locked, to be deleted: those that wait become drafts.</summary>
    public static async Task ReleaseAsync(
        NpgsqlTransaction transaction, Guid userId, Guid scheduleId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (await transaction.Command(ReleaseSql, scheduleId, userId, ReleasedAtOnce, now).ScalarAsync<long>(cancellationToken)
            == ReleasedAtOnce)
        {
        }
    }
}

/// <summary>A post that waits for a slot.</summary>
/// <param name="Id">The post.</param>
/// <param name="Position">Its position: those with a smaller one go before it, and there may be gaps between two.</param>
/// <param name="Text">What it says.</param>
/// <param name="Rank">How many posts there are up to it: it goes out in that of the next slots.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record QueuedPost(Guid Id, long Position, string Text, long Rank, DateTimeOffset CreatedAt);
