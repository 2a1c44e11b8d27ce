using System.Text.Json;

namespace Switchboard.Edge.Api.Notifications.Inbox;

/// <summary>An item of an inbox, as its recipient sees it.</summary>
/// <param name="Id">That of its notification.</param>
/// <param name="Subject">Its title; null without one.</param>
/// <param name="Body">Its text.</param>
/// <param name="Data">What the recipient's app reads.</param>
/// <param name="Category">What it is about.</param>
/// <param name="At">When it arrived.</param>
/// <param name="SeenAt">When it was first shown.</param>
/// <param name="ReadAt">When it was read; null while it is unread.</param>
/// <param name="ArchivedAt">When it was put away.</param>
/// <param name="SnoozedUntil">Until when it is not shown.</param>
internal sealed record InboxItem(
    Guid Id,
    string? Subject,
    string Body,
    JsonElement? Data,
    string? Category,
    DateTimeOffset At,
    DateTimeOffset? SeenAt,
    DateTimeOffset? ReadAt,
    DateTimeOffset? ArchivedAt,
    DateTimeOffset? SnoozedUntil);

/// <summary>Items that arrived, and up to where that is.</summary>
/// <param name="Items">The oldest first.</param>
/// <param name="Position">The position of the last one; that which was asked for where there is none.</param>
/// <param name="IsCut">Whether there were older ones, too many to be sent.</param>
internal sealed record ArrivedItems(IReadOnlyList<InboxItem> Items, long Position, bool IsCut);

/// <summary>A recipient, by its row.</summary>
internal sealed record FoundRecipient(Guid Id);

/// <summary>The rows of <c>inbox_items</c>, each with what its notification says.</summary>
internal sealed class InboxStore(NpgsqlDataSource dataSource)
{
    /// <summary>How many items that arrived are sent at once; who has missed more reads the list.</summary>
    public const int MostArrived = 200;

    /// <summary>How many are marked as read at once.</summary>
    public const int MostRead = 1_000;

    // counted no further: nobody reads more digits than these
    private const int MostCounted = 1_000;

    private const string Columns =
        """
        i.notification_id, n.content ->> 'subject', n.body, n.content -> 'data', n.content ->> 'category', i.stored_at, i.seen_at, i.read_at,
        i.archived_at, i.snoozed_until
        """;

    private const string RecipientSql = "SELECT id FROM recipients WHERE user_id = $1 AND external_id = $2";

    /// <summary>A recipient by their user's own id; null when there is none.</summary>
    public Task<FoundRecipient?> FindRecipientAsync(Guid userId, string externalId, CancellationToken cancellationToken) =>
        dataSource.Command(RecipientSql, userId, externalId).FirstAsync(row => new FoundRecipient(row.GetGuid(0)), cancellationToken);

    private const string ListSql =
        $"""
        SELECT {Columns}
        FROM inbox_items i
        JOIN notifications n ON n.id = i.notification_id AND n.user_id = i.user_id
        WHERE i.user_id = $1 AND i.recipient_id = $2
          AND ($3::uuid IS NULL OR i.position < (SELECT c.position FROM inbox_items c WHERE c.notification_id = $3 AND c.user_id = $1))
          AND (i.archived_at IS NOT NULL) = $4
          AND (i.snoozed_until IS NULL OR i.snoozed_until <= $5 OR $4)
          {"{0}"}
        ORDER BY i.position DESC
        LIMIT $6
        """;

    // two statements: the planner takes the partial index for what it can see to be unread
    internal static readonly string AllSql = ListSql.Replace("{0}", "", StringComparison.Ordinal);
    internal static readonly string UnreadSql = ListSql.Replace("{0}", "AND i.read_at IS NULL", StringComparison.Ordinal);

    /// <summary>A page of an inbox, what arrived last first; what is snoozed comes back when its time is over.</summary>
    public Task<List<InboxItem>> ListAsync(
        InboxOwner owner, bool isUnread, bool isArchived, Guid? after, DateTimeOffset now, int take, CancellationToken cancellationToken) =>
        dataSource.Command(isUnread ? UnreadSql : AllSql, owner.UserId, owner.RecipientId, after, isArchived, now, take)
            .ListAsync(Read, cancellationToken);

    internal const string CountSql =
        """
        SELECT count(*), count(*) FILTER (WHERE seen_at IS NULL)
        FROM (
            SELECT seen_at FROM inbox_items
            WHERE user_id = $1 AND recipient_id = $2 AND read_at IS NULL AND archived_at IS NULL
              AND (snoozed_until IS NULL OR snoozed_until <= $3)
            ORDER BY position DESC
            LIMIT $4
        ) AS unread
        """;

    /// <summary>How many are unread, and of these how many were never shown; a thousand at the most.</summary>
    public async Task<UnreadCount> CountAsync(InboxOwner owner, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await dataSource.Command(CountSql, owner.UserId, owner.RecipientId, now, MostCounted)
            .FirstAsync(row => new UnreadCount((int)row.GetInt64(0), (int)row.GetInt64(1)), cancellationToken))!;

    private const string ChangeSql =
        """
        UPDATE inbox_items
        SET seen_at = CASE $4 WHEN 'seen' THEN coalesce(seen_at, $5) WHEN 'read' THEN coalesce(seen_at, $5) ELSE seen_at END,
            read_at = CASE $4 WHEN 'read' THEN coalesce(read_at, $5) WHEN 'unread' THEN NULL ELSE read_at END,
            archived_at = CASE $4 WHEN 'archive' THEN coalesce(archived_at, $5) WHEN 'unarchive' THEN NULL ELSE archived_at END,
            snoozed_until = CASE $4 WHEN 'snooze' THEN $6 ELSE snoozed_until END
        WHERE notification_id = $1 AND user_id = $2 AND recipient_id = $3
        """;

    private const string FindSql =
        $"""
        SELECT {Columns}
        FROM inbox_items i
        JOIN notifications n ON n.id = i.notification_id AND n.user_id = i.user_id
        WHERE i.notification_id = $1 AND i.user_id = $2 AND i.recipient_id = $3
        """;

    /// <summary>Changes an item, and says how it is then; null when it is not in this inbox.</summary>
    public static async Task<InboxItem?> ChangeAsync(
        NpgsqlTransaction transaction, InboxOwner owner, Guid id, string action, DateTimeOffset now, DateTimeOffset? until,
        CancellationToken cancellationToken) =>
        await transaction.Command(ChangeSql, id, owner.UserId, owner.RecipientId, action, now, until).RunAsync(cancellationToken) == 0
            ? null
            : await transaction.Command(FindSql, id, owner.UserId, owner.RecipientId).FirstAsync(Read, cancellationToken);

    private const string ReadAllSql =
        """
        UPDATE inbox_items SET read_at = $3, seen_at = coalesce(seen_at, $3)
        WHERE notification_id = ANY (ARRAY(
            SELECT notification_id FROM inbox_items
            WHERE user_id = $1 AND recipient_id = $2 AND read_at IS NULL AND archived_at IS NULL
            ORDER BY position DESC LIMIT $4))
          AND user_id = $1
        RETURNING notification_id
        """;

    /// <summary>Marks what is unread as read, the youngest <see cref="MostRead"/> of it.</summary>
    public static Task<List<Guid>> ReadAllAsync(
        NpgsqlTransaction transaction, InboxOwner owner, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.Command(ReadAllSql, owner.UserId, owner.RecipientId, now, MostRead).ListAsync(row => row.GetGuid(0), cancellationToken);

    // the youngest, in the order of their arrival
    internal const string ArrivedSql =
        $"""
        SELECT * FROM (
            SELECT {Columns}, i.position
            FROM inbox_items i
            JOIN notifications n ON n.id = i.notification_id AND n.user_id = i.user_id
            WHERE i.user_id = $1 AND i.recipient_id = $2 AND i.position > $3
            ORDER BY i.position DESC
            LIMIT $4
        ) AS arrived (id, subject, body, data, category, stored_at, seen_at, read_at, archived_at, snoozed_until, position)
        ORDER BY position
        """;

    /// <summary>What arrived after a position.</summary>
    public async Task<ArrivedItems> ArrivedAsync(InboxOwner owner, long after, CancellationToken cancellationToken)
    {
        var found = await dataSource.Command(ArrivedSql, owner.UserId, owner.RecipientId, after, MostArrived + 1)
            .ListAsync(row => (Item: Read(row), Position: row.GetInt64(10)), cancellationToken);
        var isCut = found.Count > MostArrived;
        return new([.. found.Skip(isCut ? 1 : 0).Select(one => one.Item)], found.Count == 0 ? after : found[^1].Position, isCut);
    }

    private const string PositionSql =
        """
        SELECT (SELECT position FROM inbox_items WHERE notification_id = $3 AND user_id = $1 AND recipient_id = $2),
               (SELECT position FROM inbox_items WHERE user_id = $1 AND recipient_id = $2 ORDER BY position DESC LIMIT 1)
        """;

    /// <summary>The position of an item, and whether there (still) is one; without it the position of the last item of the inbox.</summary>
    public async Task<(long Position, bool IsFound)> PositionAsync(InboxOwner owner, Guid? id, CancellationToken cancellationToken)
    {
        var found = await dataSource.Command(PositionSql, owner.UserId, owner.RecipientId, id)
            .ListAsync(row => (Of: row.Nullable<long>(0), Last: row.Nullable<long>(1)), cancellationToken);
        return (found[0].Of ?? found[0].Last ?? 0, found[0].Of is not null);
    }

    private const string LastSql = "SELECT coalesce(max(position), 0) FROM inbox_items";

    /// <summary>The position of whatever arrived last, in any inbox.</summary>
    public Task<long> LastPositionAsync(CancellationToken cancellationToken) =>
        dataSource.Command(LastSql).ScalarAsync<long>(cancellationToken);

    private const string RecipientsSql = "SELECT DISTINCT recipient_id FROM inbox_items WHERE position > $1";

    /// <summary>In whose inboxes something arrived after a position.</summary>
    public Task<List<Guid>> RecipientsAsync(long after, CancellationToken cancellationToken) =>
        dataSource.Command(RecipientsSql, after).ListAsync(row => row.GetGuid(0), cancellationToken);

    private static InboxItem Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.Text(1), row.GetString(2),
        row.Text(3) is { } data ? JsonSerializer.Deserialize<JsonElement>(data) : null,
        row.Text(4), row.GetFieldValue<DateTimeOffset>(5), row.Nullable<DateTimeOffset>(6), row.Nullable<DateTimeOffset>(7),
        row.Nullable<DateTimeOffset>(8), row.Nullable<DateTimeOffset>(9));
}
