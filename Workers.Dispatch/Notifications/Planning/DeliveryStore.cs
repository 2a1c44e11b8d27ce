using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>A row of <c>notify_requests</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Priority">How soon it is sent.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="IsCancelled">Whether it was taken back.</param>
internal sealed record StoredRequest(Guid Id, Guid UserId, string Category, JobPriority Priority, NotifyRequest Request, bool IsCancelled);

/// <summary>A delivery to be stored.</summary>
internal sealed record NewDelivery(Guid Id, StoredRequest Request, Addressee To, PlannedDelivery Plan, Guid? HoldId, Guid? DigestId);

/// <summary>A delivery that waits, or whose notification was made.</summary>
/// <param name="Id">Its id, and that of its notification.</param>
/// <param name="RecipientKey">To whom.</param>
/// <param name="Recipient">As it is shown.</param>
/// <param name="RecipientId">A row in <c>recipients</c>; null for a mere address.</param>
/// <param name="Plan">What is decided about it.</param>
/// <param name="State">Its state.</param>
/// <param name="Status">The state of its notification; null where there is none.</param>
internal sealed record StoredDelivery(
    Guid Id, Guid RecipientKey, string Recipient, Guid? RecipientId, PlannedDelivery Plan, string State, DeliveryStatus? Status);

/// <summary>What becomes of a delivery that was stored.</summary>
internal sealed record SettledDelivery(Guid Id, string State, string? Reason = null, DateTimeOffset? Until = null, Guid? HoldId = null);

/// <summary>The rows of <c>notify_requests</c> and <c>notify_deliveries</c>, as planning reads and writes them.</summary>
internal sealed class DeliveryStore(NpgsqlDataSource dataSource)
{
    public const string Created = "created";
    public const string Held = "held";
    public const string Gathered = "digest";
    public const string Waiting = "waiting";
    public const string Skipped = "skipped";
    public const string Cancelled = "cancelled";

    private const string RequestColumns = "r.id, r.user_id, r.category, r.priority, r.request, r.cancelled_at IS NOT NULL";

    private const string RequestSql = $"SELECT {RequestColumns} FROM notify_requests AS r WHERE r.id = $1 AND r.user_id = $2";

    /// <summary>A request of a user; null when it is not there any more.</summary>
    public Task<StoredRequest?> FindRequestAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(RequestSql, id, userId).FirstAsync(ReadRequest, cancellationToken);

    private const string HeldRequestsSql =
        $"""
        SELECT {RequestColumns}
        FROM unnest($1::uuid[], $2::uuid[]) AS asked (id, user_id)
        JOIN notify_requests AS r ON r.id = asked.id AND r.user_id = asked.user_id
        WHERE r.cancelled_at IS NULL
        """;

    private const string PageSql =
        $"""
        {RequestSql} AND r.position = $3 AND r.member IS NOT DISTINCT FROM $4 AND r.planned_at IS NULL AND r.cancelled_at IS NULL
        """;

    /// <summary>The request of a page that is to be planned next; null where it was, so that a job that comes again takes nothing of a
    /// quota.</summary>
    public async Task<StoredRequest?> FindRequestAsync(ExpandNotify page, CancellationToken cancellationToken)
    {
        var command = dataSource.Command(PageSql, page.RequestId, page.UserId, page.Position);
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)page.Member ?? DBNull.Value });
        return await command.FirstAsync(ReadRequest, cancellationToken);
    }

    private const string AdvanceSql =
        """
        UPDATE notify_requests
        SET position = $5, member = $6, planned_at = $7,
            request = CASE WHEN $7::timestamptz IS NULL THEN request ELSE jsonb_set(request, '{to}', '[]') END
        WHERE id = $1 AND user_id = $2 AND position = $3 AND member IS NOT DISTINCT FROM $4
          AND planned_at IS NULL AND cancelled_at IS NULL
        """;

    /// <summary>Moves a request on from exactly this place: whoever plans the same page waits, and then finds it planned. With the last
    /// page it forgets to whom it was: that is in its deliveries, from where it is deleted with its recipients.</summary>
    /// <param name="transaction">The transaction that plans the page.</param>
    /// <param name="page">The job of the page.</param>
    /// <param name="position">The entry that comes next.</param>
    /// <param name="member">The member after which it goes on there.</param>
    /// <param name="plannedAt">The time, where this page is the last.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether the page is to be planned now.</returns>
    public static async Task<bool> AdvanceAsync(
        NpgsqlTransaction transaction, ExpandNotify page, int position, Guid? member, DateTimeOffset? plannedAt,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AdvanceSql, transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = page.RequestId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = page.UserId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = page.Position });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)page.Member ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = position });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)member ?? DBNull.Value });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (object?)plannedAt?.ToUniversalTime() ?? DBNull.Value });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private const string PlannedSql =
        """
        SELECT recipient_key, channel, address FROM notify_deliveries
        WHERE request_id = $1 AND user_id = $2 AND recipient_key = ANY ($3)
        """;

    /// <summary>What pages before this one have planned for these recipients.</summary>
    public static async Task<HashSet<(Guid Key, string Channel, string Address)>> PlannedAsync(
        NpgsqlTransaction transaction, StoredRequest request, Guid[] keys, CancellationToken cancellationToken) =>
        [
            .. await transaction.Command(PlannedSql, request.Id, request.UserId, keys)
                .ListAsync(row => (row.GetGuid(0), row.GetString(1), row.GetString(2)), cancellationToken),
        ];

    private const string InsertSql =
        """
        INSERT INTO notify_deliveries
            (id, request_id, user_id, recipient_key, recipient, recipient_id, channel, address, step, state, reason, until, hold_id,
             digest_id, created_at)
        SELECT id, $14, $15, recipient_key, recipient, recipient_id, channel, address, step, state, reason, until, hold_id, digest_id, $13
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::smallint[], $8::text[], $9::text[],
                    $10::timestamptz[], $11::uuid[], $12::uuid[])
            AS d (id, recipient_key, recipient, recipient_id, channel, address, step, state, reason, until, hold_id, digest_id)
        """;

    /// <summary>Stores deliveries of one request.</summary>
    public static async Task InsertAsync(
        NpgsqlTransaction transaction, StoredRequest request, IReadOnlyList<NewDelivery> deliveries, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (deliveries.Count == 0)
            return;
        await using var command = new NpgsqlCommand(InsertSql, transaction.Connection, transaction);
        Add(delivery => delivery.Id);
        Add(delivery => delivery.To.Key);
        Add(delivery => StorableText.From(delivery.To.Name));
        Add(delivery => delivery.To.Recipient?.Id);
        Add(delivery => delivery.Plan.Channel);
        Add(delivery => delivery.Plan.Address);
        Add(delivery => delivery.Plan.Step);
        Add(delivery => StateOf(delivery.Plan.Action));
        Add(delivery => delivery.Plan.Reason);
        Add(delivery => delivery.Plan.Until?.ToUniversalTime());
        Add(delivery => delivery.HoldId);
        Add(delivery => delivery.DigestId);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.Id });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.UserId });
        await command.PrepareAsync(cancellationToken);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(Func<NewDelivery, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. deliveries.Select(column)] });
    }

    private const string DeliveryColumns =
        "d.id, d.recipient_key, d.recipient, d.recipient_id, d.channel, d.address, d.step, d.state, d.reason, d.until, n.delivery_status";

    private const string HeldSql =
        $"""
        SELECT {DeliveryColumns}, d.hold_id
        FROM unnest($1::uuid[], $2::uuid[]) AS asked (hold_id, user_id)
        JOIN notify_deliveries AS d ON d.hold_id = asked.hold_id AND d.user_id = asked.user_id
        LEFT JOIN notifications AS n ON n.id = d.id AND n.user_id = d.user_id
        WHERE d.state = 'held'
        ORDER BY d.recipient_key, d.id
        """;

    /// <summary>What is held by these jobs and was not released, by their ids; without requests that were cancelled.</summary>
    public async Task<List<(Guid HoldId, StoredRequest Request, List<StoredDelivery> Deliveries)>> HeldAsync(
        IReadOnlyCollection<ReleaseHeld> jobs, CancellationToken cancellationToken)
    {
        var requestOf = jobs.ToDictionary(job => job.Id, job => job.RequestId);
        Guid[] users = [.. jobs.Select(job => job.UserId)];
        var requests = (await dataSource.Command(HeldRequestsSql, jobs.Select(job => job.RequestId).ToArray(), users)
            .ListAsync(ReadRequest, cancellationToken)).DistinctBy(request => request.Id).ToDictionary(request => request.Id);
        var held = await dataSource.Command(HeldSql, jobs.Select(job => job.Id).ToArray(), users)
            .ListAsync(row => (HoldId: row.GetGuid(11), Delivery: ReadDelivery(row)), cancellationToken);
        return
        [
            .. from one in held
               group one.Delivery by one.HoldId into hold
               where requests.ContainsKey(requestOf[hold.Key])
               select (hold.Key, requests[requestOf[hold.Key]], hold.ToList()),
        ];
    }

    private const string ChainSql =
        $"""
        SELECT {DeliveryColumns} FROM notify_deliveries AS d LEFT JOIN notifications AS n ON n.id = d.id AND n.user_id = d.user_id
        WHERE d.request_id = $1 AND d.user_id = $2 AND d.recipient_key = $3 AND d.step IS NOT NULL ORDER BY d.step, d.id
        """;

    /// <summary>The deliveries to a recipient that take each other's place.</summary>
    public Task<List<StoredDelivery>> ChainAsync(Guid userId, Guid requestId, Guid key, CancellationToken cancellationToken) =>
        dataSource.Command(ChainSql, requestId, userId, key).ListAsync(ReadDelivery, cancellationToken);

    /// <summary>The same within a transaction that has them locked.</summary>
    public static Task<List<StoredDelivery>> ChainAsync(
        NpgsqlTransaction transaction, Guid userId, Guid requestId, Guid key, CancellationToken cancellationToken) =>
        transaction.Command(ChainSql, requestId, userId, key).ListAsync(ReadDelivery, cancellationToken);

    private const string LockSql =
        """
        SELECT id FROM notify_deliveries
        WHERE id = ANY ($1) AND user_id = ANY ($2) AND state = ANY ($3) ORDER BY recipient_key, id FOR NO KEY UPDATE
        """;

    /// <summary>Locks those of these deliveries that are in one of these states, in one order for whoever does.</summary>
    public static async Task<HashSet<Guid>> LockAsync(
        NpgsqlTransaction transaction, Guid[] userIds, Guid[] ids, string[] states, CancellationToken cancellationToken) =>
        [.. await transaction.Command(LockSql, ids, userIds, states).ListAsync(row => row.GetGuid(0), cancellationToken)];

    private const string SettleSql =
        """
        UPDATE notify_deliveries AS d
        SET state = s.state, reason = s.reason, until = s.until, hold_id = coalesce(s.hold_id, d.hold_id)
        FROM unnest($1::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[]) AS s (id, state, reason, until, hold_id)
        WHERE d.id = s.id AND d.user_id = $2
        """;

    /// <summary>Writes what becomes of deliveries that the transaction has locked.</summary>
    public static async Task SettleAsync(
        NpgsqlTransaction transaction, Guid userId, IReadOnlyList<SettledDelivery> settled, CancellationToken cancellationToken)
    {
        if (settled.Count == 0)
            return;
        await using var command = new NpgsqlCommand(SettleSql, transaction.Connection, transaction);
        Add(one => one.Id);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = userId });
        Add(one => one.State);
        Add(one => one.Reason);
        Add(one => one.Until?.ToUniversalTime());
        Add(one => one.HoldId);
        await command.PrepareAsync(cancellationToken);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(Func<SettledDelivery, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. settled.Select(column)] });
    }

    /// <summary>The state of a delivery of which this is decided.</summary>
    public static string StateOf(PlannedAction action) => action switch
    {
        PlannedAction.Send => Created,
        PlannedAction.Hold => Held,
        PlannedAction.Digest => Gathered,
        PlannedAction.Wait => Waiting,
        PlannedAction.Skip => Skipped,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "No such action."),
    };

    private static StoredRequest ReadRequest(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), (JobPriority)row.GetInt16(3), NotifyRequest.Read(row.GetString(4)),
        row.GetBoolean(5));

    private static StoredDelivery ReadDelivery(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.Nullable<Guid>(3),
        new(
            row.GetString(4), row.GetString(5), PlannedAction.Wait, row.Text(8), row.Nullable<DateTimeOffset>(9), row.Nullable<short>(6)),
        row.GetString(7), row.Text(10) is { } status ? DeliveryStatuses.Parse(status) : null);
}
