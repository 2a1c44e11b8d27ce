using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Notify;

namespace Switchboard.Edge.Api.Notifications.Notify;

/// <summary>A request to be stored.</summary>
internal sealed record NewNotify(
    Guid Id, Guid UserId, string Category, JobPriority Priority, string? DedupKey, NotifyRequest Request, DateTimeOffset CreatedAt);

/// <summary>A message of a request to a recipient over a channel, with what became of its notification and its digest.</summary>
internal sealed record StoredDelivery(
    Guid RecipientKey,
    string Recipient,
    string Channel,
    string State,
    string? Reason,
    DateTimeOffset? Until,
    DateTimeOffset? DigestDueAt,
    DateTimeOffset? DigestReleasedAt,
    string? DigestReason,
    Guid? NotificationId,
    string? DeliveryStatus,
    string? Error);

/// <summary>The requests of users, and what became of them: <c>notify_requests</c>, <c>notify_deliveries</c>,
/// <c>notify_digests</c>.</summary>
internal sealed class NotifyStore(NpgsqlDataSource dataSource)
{
    private const string TopicsSql = "SELECT name, id FROM topics WHERE user_id = $1 AND name = ANY ($2)";

    /// <summary>Those of these topics that the user has, by name.</summary>
    public async Task<IReadOnlyDictionary<string, Guid>> TopicsAsync(Guid userId, string[] names, CancellationToken cancellationToken) =>
        names.Length == 0
            ? new Dictionary<string, Guid>()
            : (await dataSource.Command(TopicsSql, userId, names)
                .ListAsync(row => (Name: row.GetString(0), Id: row.GetGuid(1)), cancellationToken))
                .ToDictionary(topic => topic.Name, topic => topic.Id);

    private const string InsertSql =
        """
        INSERT INTO notify_requests (id, user_id, category, priority, dedup_key, request, created_at)
        VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)
        ON CONFLICT (user_id, dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING
        """;

    private const string FirstSql = "SELECT id FROM notify_requests WHERE user_id = $1 AND dedup_key = $2";

    /// <summary>Stores a request.</summary>
    /// <returns>The one that has its key already, and stays the only one; null where it is new.</returns>
    public static async Task<Guid?> InsertAsync(NpgsqlTransaction transaction, NewNotify request, CancellationToken cancellationToken)
    {
        var inserted = await transaction.Command(
            InsertSql, request.Id, request.UserId, request.Category, (short)request.Priority, request.DedupKey, request.Request.Write(),
            request.CreatedAt).RunAsync(cancellationToken);
        return inserted > 0
            ? null
            : await transaction.Command(FirstSql, request.UserId, request.DedupKey).ScalarAsync<Guid>(cancellationToken);
    }

    // of a scheduled one it is known before when it will go
    private const string Columns =
        "r.id, r.category, r.priority, r.created_at, r.request ->> 'sendAt', r.request ->> 'expiresAt', r.planned_at, r.cancelled_at";

    private const string ListSql =
        $"SELECT {Columns} FROM notify_requests AS r WHERE r.user_id = $1 AND ($2::uuid IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3";

    /// <summary>A user's requests, newest first.</summary>
    public Task<List<NotifyResponse>> ListAsync(Guid userId, Guid? before, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, before, take).ListAsync(Read, cancellationToken);

    private const string FindSql = $"SELECT {Columns} FROM notify_requests AS r WHERE r.id = $1 AND r.user_id = $2";

    /// <summary>A request; null if the user has none of that id.</summary>
    public Task<NotifyResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id, userId).FirstAsync(Read, cancellationToken);

    private const string Joined =
        """
        LEFT JOIN notify_digests AS g ON g.id = d.digest_id AND g.user_id = d.user_id
        LEFT JOIN notifications AS n ON n.id = coalesce(d.digest_id, d.id) AND n.user_id = d.user_id
        """;

    private const string PageSql =
        $"""
        WITH page AS (
            SELECT DISTINCT recipient_key FROM notify_deliveries
            WHERE request_id = $1 AND user_id = $2 AND ($3::uuid IS NULL OR recipient_key > $3)
            ORDER BY recipient_key
            LIMIT $4)
        SELECT d.recipient_key, d.recipient, d.channel, d.state, d.reason, d.until, g.due_at, g.released_at, g.reason,
               n.id, n.delivery_status, n.error
        FROM page
        JOIN notify_deliveries AS d ON d.request_id = $1 AND d.recipient_key = page.recipient_key
        {Joined}
        ORDER BY d.recipient_key, d.step NULLS FIRST, d.id
        """;

    /// <summary>The deliveries to the next recipients of a request.</summary>
    public Task<List<StoredDelivery>> PageAsync(Guid userId, Guid id, Guid? after, int recipients, CancellationToken cancellationToken) =>
        dataSource.Command(PageSql, id, userId, after, recipients).ListAsync(
            row => new StoredDelivery(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.Nullable<DateTimeOffset>(5),
                row.Nullable<DateTimeOffset>(6), row.Nullable<DateTimeOffset>(7), row.Text(8), row.Nullable<Guid>(9), row.Text(10),
                row.Text(11)),
            cancellationToken);

    /// <summary>How many deliveries of a request are counted: those of a topic may be millions, and a request waits for seconds at
    /// most.</summary>
    public const int MostCounted = 10_000;

    private const string CountSql =
        $"""
        SELECT d.state, g.released_at IS NOT NULL, g.reason, n.delivery_status, n.delivery_status = 'failed' AND n.error = ANY ($3),
        count(*)
        FROM (
            SELECT * FROM notify_deliveries WHERE request_id = $1 AND user_id = $2 ORDER BY recipient_key, channel, address LIMIT $4
        ) AS d
        {Joined}
        GROUP BY 1, 2, 3, 4, 5
        """;

    /// <summary>How many deliveries of a request are in which state (<see cref="NotifyState"/>), and whether those are all of them.</summary>
    public async Task<(IReadOnlyDictionary<string, long> Counts, bool AreComplete)> CountAsync(
        Guid userId, Guid id, CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var groups = await dataSource.Command(CountSql, id, userId, NotifyState.Unsent.ToArray(), MostCounted + 1).ListAsync(
            row => (
                State: NotifyState.Of(row.GetString(0), row.GetBoolean(1), row.Text(2), row.Text(3), row.Nullable<bool>(4) ?? false),
                Count: row.GetInt64(5)),
            cancellationToken);
        foreach (var (state, count) in groups)
            counts[state] = counts.GetValueOrDefault(state) + count;
        return (counts, counts.Values.Sum() <= MostCounted);
    }

    private const string CancelSql =
        """
        UPDATE notify_requests SET cancelled_at = coalesce(cancelled_at, $3) WHERE id = $1 AND user_id = $2
        """;

    /// <summary>Marks a request as cancelled: nothing more is planned or released of it from the commit on.</summary>
    /// <returns>Whether the user has it.</returns>
    public static async Task<bool> CancelAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        await transaction.Command(CancelSql, id, userId, now).RunAsync(cancellationToken) > 0;

    private static NotifyResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), (JobPriority)row.GetInt16(2), row.GetFieldValue<DateTimeOffset>(3),
        Time(row.Text(4)), Time(row.Text(5)), row.Nullable<DateTimeOffset>(6), row.Nullable<DateTimeOffset>(7));

    private static DateTimeOffset? Time(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
