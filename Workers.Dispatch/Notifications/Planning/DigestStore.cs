using System.Text.Json;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>An event of a digest: what it is gathered by, and the window that it would open.</summary>
internal sealed record DigestEvent(Guid RecipientKey, Guid? RecipientId, string Channel, string Address, DigestWindow Window);

/// <summary>The open digest of an event.</summary>
internal sealed record OpenDigest(Guid Id, Guid RecipientKey, string Channel, string Address, DateTimeOffset DueAt, bool IsNew);

/// <summary>A digest that is due.</summary>
internal sealed record DueDigest(
    Guid Id, Guid UserId, Guid RecipientKey, Guid? RecipientId, string Category, string Channel, string Address, DateTimeOffset DueAt,
    StoredRequest Newest, string Recipient);

/// <summary>One of the newest events of a digest.</summary>
internal sealed record GatheredEvent(Guid DigestId, Guid RequestId, JsonElement? Data, string? Body, long Count);

/// <summary>The rows of <c>notify_digests</c>.</summary>
internal sealed class DigestStore(NpgsqlDataSource dataSource)
{
    /// <summary>How many of the newest events a digest tells of one by one; it counts them all.</summary>
    public const int MaxItems = 100;

    /// <summary>How many bytes of their data and texts it tells, the newest first; the newest one in any case.</summary>
    public const int MaxBytes = 64 * 1024;

    // in the order of the key: two requests to the same recipients cannot deadlock
    private const string OpenSql =
        """
        INSERT INTO notify_digests AS g
            (id, user_id, recipient_key, recipient_id, category, key, channel, address, opened_at, due_at, latest_at)
        SELECT e.id, $8, e.recipient_key, e.recipient_id, $9, $10, e.channel, e.address, $11, e.due_at, e.latest_at
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
            AS e (id, recipient_key, recipient_id, channel, address, due_at, latest_at)
        ORDER BY e.recipient_key, e.channel, e.address
        ON CONFLICT (user_id, recipient_key, category, key, channel, address) WHERE released_at IS NULL
        DO UPDATE SET due_at = greatest(g.due_at, least(excluded.due_at, g.latest_at))
        RETURNING g.id, g.recipient_key, g.channel, g.address, g.due_at, xmax = 0
        """;

    /// <summary>Finds the open digests of events, and opens those that are not there. They stay locked until the transaction ends: none of
    /// them is released without these events.</summary>
    public static async Task<List<OpenDigest>> OpenAsync(
        NpgsqlTransaction transaction, StoredRequest request, IReadOnlyCollection<DigestEvent> events, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(OpenSql, transaction.Connection, transaction);
        Add(_ => Guid.CreateVersion7(now));
        Add(one => one.RecipientKey);
        Add(one => one.RecipientId);
        Add(one => one.Channel);
        Add(one => one.Address);
        Add(one => one.Window.DueAt.ToUniversalTime());
        Add(one => one.Window.LatestAt.ToUniversalTime());
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.UserId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Category });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Request.DigestKey });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var open = new List<OpenDigest>(events.Count);
        while (await reader.ReadAsync(cancellationToken))
            open.Add(new(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetBoolean(5)));
        return open;

        void Add<T>(Func<DigestEvent, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. events.Select(column)] });
    }

    // what was cancelled or is over is not told
    private const string Told =
        "d.state = 'digest' AND r.cancelled_at IS NULL AND coalesce((r.request ->> 'expiresAt')::timestamptz > $3, true)";

    private const string OpenOnesSql =
        $"""
        SELECT g.id, g.user_id, g.recipient_key, g.recipient_id, g.category, g.channel, g.address, g.due_at,
               r.id, r.user_id, r.category, r.priority, r.request, r.cancelled_at IS NOT NULL, d.recipient
        FROM unnest($1::uuid[], $2::uuid[]) AS asked (id, user_id)
        JOIN notify_digests AS g ON g.id = asked.id AND g.user_id = asked.user_id
        JOIN LATERAL (SELECT d.request_id, d.recipient FROM notify_deliveries AS d WHERE d.digest_id = g.id ORDER BY d.id DESC
          LIMIT 1) AS d ON true
        LEFT JOIN LATERAL (
            SELECT d.request_id FROM notify_deliveries AS d JOIN notify_requests AS r ON r.id = d.request_id AND r.user_id = d.user_id
            WHERE d.digest_id = g.id AND d.user_id = g.user_id AND {Told} ORDER BY d.id DESC LIMIT 1) AS told ON true
        JOIN notify_requests AS r ON r.id = coalesce(told.request_id, d.request_id) AND r.user_id = g.user_id
        WHERE g.released_at IS NULL
        """;

    /// <summary>Those of these digests of users that were not released, each with the newest request that it tells of.</summary>
    public Task<List<DueDigest>> FindAsync(IReadOnlyCollection<ReleaseDigest> asked, DateTimeOffset now, CancellationToken cancellationToken) =>
        dataSource.Command(OpenOnesSql, asked.Select(one => one.Id).ToArray(), asked.Select(one => one.UserId).ToArray(), now).ListAsync(
            row => new DueDigest(
                row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.Nullable<Guid>(3), row.GetString(4), row.GetString(5), row.GetString(6),
                row.GetFieldValue<DateTimeOffset>(7),
                new(
                    row.GetGuid(8), row.GetGuid(9), row.GetString(10), (JobPriority)row.GetInt16(11), NotifyRequest.Read(row.GetString(12)),
                    row.GetBoolean(13)),
                row.GetString(14)),
            cancellationToken);

    private const string LockSql =
        """
        SELECT g.id, g.due_at FROM notify_digests AS g
        JOIN unnest($1::uuid[], $2::uuid[]) AS asked (id, user_id) ON g.id = asked.id AND g.user_id = asked.user_id
        WHERE g.released_at IS NULL ORDER BY g.id FOR UPDATE OF g
        """;

    /// <summary>Locks those of these digests that were not released: who has just put an event into one is waited for.</summary>
    /// <returns>When they are due by now.</returns>
    public static async Task<Dictionary<Guid, DateTimeOffset>> LockAsync(
        NpgsqlTransaction transaction, IReadOnlyCollection<DueDigest> digests, CancellationToken cancellationToken) =>
        (await transaction.Command(LockSql, Ids(digests), Users(digests))
            .ListAsync(row => (Id: row.GetGuid(0), DueAt: row.GetFieldValue<DateTimeOffset>(1)), cancellationToken))
        .ToDictionary(digest => digest.Id, digest => digest.DueAt);

    // told in the order in which they were asked for: requests are planned beside each other
    private const string EventsSql =
        $"""
        SELECT g.id, e.request_id, e.data, e.body, e.count
        FROM unnest($1::uuid[], $2::uuid[]) AS g (id, user_id)
        CROSS JOIN LATERAL (
            SELECT n.*, sum(coalesce(octet_length(n.data), 0) + coalesce(octet_length(n.body), 0)) OVER (ORDER BY n.id DESC) AS bytes,
                   row_number() OVER (ORDER BY n.id DESC) AS number
            FROM (
                SELECT d.id, d.request_id, nullif((r.request -> 'data')::text, 'null') AS data, r.request -> 'content' ->> 'body' AS body,
                       count(*) OVER () AS count, coalesce((r.request ->> 'sendAt')::timestamptz, r.created_at) AS at
                FROM notify_deliveries AS d
                JOIN notify_requests AS r ON r.id = d.request_id AND r.user_id = d.user_id
                WHERE d.digest_id = g.id AND d.user_id = g.user_id AND {Told}
                ORDER BY d.id DESC
                LIMIT $4
            ) AS n
        ) AS e
        WHERE e.bytes <= $5 OR e.number = 1
        ORDER BY g.id, e.at, e.id
        """;

    /// <summary>The newest events of these digests, the oldest first, each with the number of all.</summary>
    public static async Task<ILookup<Guid, GatheredEvent>> EventsAsync(
        NpgsqlTransaction transaction, IReadOnlyCollection<DueDigest> digests, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await transaction.Command(EventsSql, Ids(digests), Users(digests), now, MaxItems, MaxBytes).ListAsync(
            row => new GatheredEvent(
                row.GetGuid(0), row.GetGuid(1), row.Text(2) is { } data ? JsonElement.Parse(data) : null, row.Text(3), row.GetInt64(4)),
            cancellationToken))
        .ToLookup(one => one.DigestId);

    private const string ReleaseSql =
        """
        UPDATE notify_digests AS g SET released_at = $4, reason = s.reason
        FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS s (id, user_id, reason) WHERE g.id = s.id AND g.user_id = s.user_id
        """;

    /// <summary>Closes digests, some for a reason without telling of them: an event that comes from now on opens another.</summary>
    public static async Task ReleaseAsync(
        NpgsqlTransaction transaction, IReadOnlyCollection<(DueDigest Digest, string? Reason)> released, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (released.Count == 0)
            return;
        DueDigest[] digests = [.. released.Select(one => one.Digest)];
        await transaction.Command(ReleaseSql, Ids(digests), Users(digests), released.Select(one => one.Reason).ToArray(), now)
            .RunAsync(cancellationToken);
    }

    private const string PutOffSql =
        """
        UPDATE notify_digests AS g SET due_at = s.due_at, latest_at = greatest(g.latest_at, s.due_at)
        FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS s (id, user_id, due_at) WHERE g.id = s.id AND g.user_id = s.user_id
        """;

    /// <summary>Moves the end of digests to when their recipients are not left alone any more.</summary>
    public static async Task PutOffAsync(
        NpgsqlTransaction transaction, IReadOnlyCollection<(DueDigest Digest, DateTimeOffset Until)> putOff,
        CancellationToken cancellationToken)
    {
        if (putOff.Count == 0)
            return;
        DueDigest[] digests = [.. putOff.Select(one => one.Digest)];
        await transaction.Command(PutOffSql, Ids(digests), Users(digests), putOff.Select(one => one.Until.UtcDateTime).ToArray())
            .RunAsync(cancellationToken);
    }

    private static Guid[] Ids(IEnumerable<DueDigest> digests) => [.. digests.Select(digest => digest.Id)];

    private static Guid[] Users(IEnumerable<DueDigest> digests) => [.. digests.Select(digest => digest.UserId)];
}
