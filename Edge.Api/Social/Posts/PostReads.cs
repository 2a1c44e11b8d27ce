using System.Globalization;
using System.Text.Json;
using Switchboard.Core.Social;

namespace Switchboard.Edge.Api.Social.Posts;

/// <summary>Which posts of a user.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="State">Only those in this state.</param>
/// <param name="AccountId">Only those that go to this account.</param>
/// <param name="ScheduleId">Only those of this schedule.</param>
/// <param name="From">Only those for this time or later.</param>
/// <param name="To">Only those for before this time.</param>
/// <param name="Tag">Only those with this tag.</param>
/// <param name="Metadata">Only those whose metadata has all of this: an object of JSON.</param>
internal sealed record PostFilter(
    Guid UserId, string? State, Guid? AccountId, Guid? ScheduleId, DateTimeOffset? From, DateTimeOffset? To, string? Tag, string? Metadata)
{
    /// <summary>Whether they are listed by when they go out.</summary>
    public bool IsByTime => From is not null || To is not null;
}

/// <summary>A post that a transaction holds.</summary>
/// <param name="Post">The post.</param>
/// <param name="Targets">Its targets, by their accounts: each with its platform, its state and why it is in it.</param>
internal sealed record HeldPost(PostResponse Post, IReadOnlyList<(Guid AccountId, string Platform, string State, string? Reason)> Targets)
{
    /// <summary>How many of its targets are being sent, were sent, or may have been.</summary>
    public int Sent => Targets.Count(target => target.State is "sending" or "unknown" or "published" or "deleted");
}

/// <summary>Posts as they are read: <c>social_posts</c>, with their targets and attempts.</summary>
internal sealed class PostReads(NpgsqlDataSource dataSource, ReadDatabase database)
{
    private const string Columns =
        """
        p.id, p.state, p.content::text, p.targets::text, p.scheduled_at, p.schedule_id, p.queue_position, p.tags, p.metadata::text,
        p.version, p.created_at, p.updated_at, p.finished_at,
        (SELECT coalesce(jsonb_object_agg(s.state, s.count), '{}')::text
         FROM (SELECT t.state, count(*) FROM social_post_targets AS t WHERE t.user_id = p.user_id
           AND t.post_id = p.id GROUP BY t.state) AS s)
        """;

    /// <summary>A user's posts, newest first: by when they were made, or, between two times, by when they go out.</summary>
    public Task<List<PostResponse>> ListAsync(PostFilter filter, Cursor? before, int skip, int take, CancellationToken cancellationToken)
    {
        var (sql, values) = ListSql(filter, before, skip, take);
        return database.ReadAsync(
            filter.UserId, source => source.Command(sql, [.. values]).ListAsync(Read, cancellationToken), cancellationToken);
    }

    // what a page passes over is passed over in the index
    internal static (string Sql, List<object> Values) ListSql(PostFilter filter, Cursor? before, int skip, int take)
    {
        var (where, values) = Where(filter, before);
        values.AddRange([take, skip]);
        var order = filter.IsByTime ? "p.scheduled_at DESC, p.id DESC" : "p.id DESC";
        return (
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SELECT {Columns} FROM (
                    SELECT p.id FROM social_posts AS p WHERE {where} ORDER BY {order} LIMIT ${values.Count - 1} OFFSET ${values.Count}) AS page
                JOIN social_posts AS p ON p.user_id = $1 AND p.id = page.id
                ORDER BY {order}
                """),
            values);
    }

    /// <summary>How many there are, counted at most so far.</summary>
    public Task<int> CountAsync(PostFilter filter, int atMost, CancellationToken cancellationToken)
    {
        var (where, values) = Where(filter, null);
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT count(*)::int FROM (SELECT FROM social_posts AS p WHERE {where} LIMIT ${values.Count + 1}) AS listed");
        return database.ReadAsync(
            filter.UserId, source => source.Command(sql, [.. values, atMost]).ScalarAsync<int>(cancellationToken), cancellationToken);
    }

    private const string FindSql = $"SELECT {Columns} FROM social_posts AS p WHERE p.user_id = $1 AND p.id = $2";

    /// <summary>A post with its targets; null if the user has none of that id.</summary>
    public async Task<PostResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, null, userId, id, cancellationToken);
    }

    /// <summary>A post as the transaction has made it.</summary>
    public static Task<PostResponse?> FindAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        FindAsync(transaction.Connection!, transaction, userId, id, cancellationToken);

    private const string TargetsSql =
        """
        SELECT t.id, t.account_id, t.platform, t.state, t.reason, t.error, t.due_at, t.next_attempt_at, t.sent_at, t.published_at,
        t.remote_id,
               t.remote_url
        FROM social_post_targets AS t WHERE t.user_id = $1 AND t.post_id = $2 ORDER BY t.id
        """;

    private const string AttemptsSql =
        """
        SELECT a.target_id, a.number, a.state, a.settled_by, a.http_status, a.error, a.began_at, a.ended_at
        FROM social_post_targets AS t JOIN social_attempts AS a ON a.target_id = t.id
        WHERE t.user_id = $1 AND t.post_id = $2 ORDER BY a.number
        """;

    private static async Task<PostResponse?> FindAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await On(FindSql).FirstAsync(Read, cancellationToken) is not { } post)
            return null;
        var attempts = (await On(AttemptsSql).ListAsync(row => (Target: row.GetGuid(0), Attempt: ReadAttempt(row)), cancellationToken))
            .ToLookup(one => one.Target, one => one.Attempt);
        return post with { Targets = await On(TargetsSql).ListAsync(row => ReadTarget(row, attempts), cancellationToken) };

        NpgsqlCommand On(string sql)
        {
            var command = connection.Command(sql, userId, id);
            command.Transaction = transaction;
            return command;
        }
    }

    private const string LockSql = $"{FindSql} FOR NO KEY UPDATE";

    private const string LockTargetsSql =
        """
        SELECT account_id, platform, state, reason FROM social_post_targets WHERE user_id = $1 AND post_id = $2 ORDER BY id FOR NO KEY UPDATE
        """;

    /// <summary>Holds a post and then its targets, as all do that change them: what is about to be sent waits, and is sent as
    /// changed.</summary>
    public static async Task<HeldPost?> LockAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await transaction.Command(LockSql, userId, id).FirstAsync(Read, cancellationToken) is not { } post)
            return null;
        var targets = await transaction.Command(LockTargetsSql, userId, id)
            .ListAsync(row => (row.GetGuid(0), row.GetString(1), row.GetString(2), row.Text(3)), cancellationToken);
        return new(post, targets);
    }

    private const string LabelSql =
        """
        UPDATE social_posts SET tags = coalesce($3, tags), metadata = coalesce($4::jsonb, metadata), version = version + 1, updated_at = $5
        WHERE user_id = $1 AND id = $2
        """;

    /// <summary>Changes what a post is found by, which its targets know nothing of.</summary>
    public static Task LabelAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, string[]? tags, string? metadata, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.Command(LabelSql, userId, id, tags, metadata, now).RunAsync(cancellationToken);

    private const string LeaveQueueSql =
        "UPDATE social_posts SET queue_position = NULL WHERE user_id = $1 AND id = $2 AND queue_position IS NOT NULL";

    /// <summary>Takes a post out of the queue of its schedule.</summary>
    public static Task LeaveQueueAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(LeaveQueueSql, userId, id).RunAsync(cancellationToken);

    private const string DeleteSql = "DELETE FROM social_posts WHERE user_id = $1 AND id = $2";

    /// <summary>Deletes a post, with its targets and attempts.</summary>
    public static Task DeleteAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(DeleteSql, userId, id).RunAsync(cancellationToken);

    // only what is asked for is in the statement: each combination has its own plan, by its own index
    private static (string Sql, List<object> Values) Where(PostFilter filter, Cursor? before)
    {
        var values = new List<object> { filter.UserId };
        var where = new List<string> { "p.user_id = $1" };
        if (before is { } last && filter.IsByTime)
        {
            values.AddRange([last.At, last.Id]);
            where.Add("(p.scheduled_at, p.id) < ($2, $3)");
        }
        else
        {
            And("p.id < {0}", before?.Id);
        }

        And("p.state = {0}", filter.State);
        And("p.id IN (SELECT t.post_id FROM social_post_targets AS t WHERE t.user_id = $1 AND t.account_id = {0})", filter.AccountId);
        And("p.schedule_id = {0}", filter.ScheduleId);
        And("p.scheduled_at >= {0}", filter.From);
        And("p.scheduled_at < {0}", filter.To);
        And("p.user_tags @> ARRAY[$1::text || {0}]", filter.Tag);
        And("p.metadata @> {0}::jsonb AND p.metadata <> '{}'", filter.Metadata);
        return (string.Join(" AND ", where), values);

        void And(string condition, object? value)
        {
            if (value is null)
                return;
            values.Add(value);
            where.Add(condition.Replace("{0}", string.Create(CultureInfo.InvariantCulture, $"${values.Count}"), StringComparison.Ordinal));
        }
    }

    private static PostResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        PostContent.Read(row.GetString(2)),
        PostTargets.Read(row.GetString(3)),
        row.Nullable<DateTimeOffset>(4),
        row.Nullable<Guid>(5),
        row.Nullable<long>(6),
        row.GetFieldValue<string[]>(7),
        JsonSerializer.Deserialize<JsonElement>(row.GetString(8)),
        row.GetInt32(9),
        row.GetFieldValue<DateTimeOffset>(10),
        row.GetFieldValue<DateTimeOffset>(11),
        row.Nullable<DateTimeOffset>(12),
        JsonSerializer.Deserialize<Dictionary<string, int>>(row.GetString(13))!);

    private static TargetResponse ReadTarget(NpgsqlDataReader row, ILookup<Guid, AttemptResponse> attempts) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.Text(4), row.Text(5), row.Nullable<DateTimeOffset>(6),
        row.Nullable<DateTimeOffset>(7), row.Nullable<DateTimeOffset>(8), row.Nullable<DateTimeOffset>(9), row.Text(10), row.Text(11),
        [.. attempts[row.GetGuid(0)]]);

    private static AttemptResponse ReadAttempt(NpgsqlDataReader row) => new(
        row.GetInt32(1), row.GetString(2), row.Text(3), row.Nullable<int>(4), row.Text(5), row.GetFieldValue<DateTimeOffset>(6),
        row.Nullable<DateTimeOffset>(7));
}
