using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Rules;

namespace Switchboard.Core.Notifications;

/// <summary>What a call of <see cref="NotificationStore.CreateAsync"/> made.</summary>
/// <param name="Ids">The notifications that are new; one whose key was there already is not among them.</param>
/// <param name="Jobs">All that was staged: for <see cref="JobOutbox.CommitStagedAsync"/>.</param>
public sealed record CreatedNotifications(IReadOnlyList<Guid> Ids, IReadOnlyCollection<OutgoingJob> Jobs);

/// <summary>
/// Creates notifications for rules, reminders, notices and programs. All of it happens in the caller's transaction:
/// the rows, the jobs that send them and the events are committed together with what led to them, or not at all.
/// </summary>
/// <example>
/// <code>
/// using var grant = await notifications.ReserveAsync(users, cancellationToken); // before the transaction
/// var created = await notifications.CreateAsync(connection, transaction, drafts, [], grant, cancellationToken);
/// await outbox.CommitStagedAsync(transaction, created.Jobs, cancellationToken);
/// </code>
/// </example>
public sealed class NotificationStore(
    JobOutbox outbox, ScheduledJobs scheduledJobs, UserShares shares, NotificationQuota quota, TimeProvider timeProvider)
{
    /// <summary>What is sent where a text has nothing to be seen.</summary>
    public const string WithoutText = "Message without text";

    private const string InsertSql =
        """
        INSERT INTO notifications
            (id, user_id, channel, recipient, body, priority, delivery_status, source, source_id, dedup_key, rule_id, send_at,
             created_at, content, recipient_id, metadata)
        SELECT id, user_id, channel, recipient, body, priority, 'pending', source, source_id, dedup_key, rule_id, send_at, created_at,
               content, recipient_id, metadata
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::text[], $8::uuid[], $9::text[],
                    $10::uuid[], $11::timestamptz[], $12::timestamptz[], $13::jsonb[], $14::uuid[], $15::jsonb[])
            AS draft (id, user_id, channel, recipient, body, priority, source, source_id, dedup_key, rule_id, send_at, created_at,
                      content, recipient_id, metadata)
        ON CONFLICT DO NOTHING
        RETURNING id
        """;

    // above the quota of their users
    private const string FailSql =
        """
        UPDATE notifications AS n SET delivery_status = 'failed', error = $3, failed_at = $4
        FROM unnest($1::uuid[], $2::uuid[]) AS above (id, user_id)
        WHERE n.id = above.id AND n.user_id = above.user_id
        """;

    /// <inheritdoc cref="NotificationQuota.ReserveAsync"/>
    public Task<NotificationGrant> ReserveAsync(IEnumerable<(Guid UserId, int Count)> wanted, CancellationToken cancellationToken) =>
        quota.ReserveAsync(wanted, cancellationToken);

    /// <summary>
    /// Makes notifications, within the caller's transaction: two statements, whatever the number. A draft whose key or id is there already
    /// changes nothing; one above its user's <see cref="NotificationQuota"/> is made as failed. Text is stored as
    /// <see cref="StorableText"/> makes it, and where nothing could be seen of it there is one that says so: providers refuse a message
    /// without text.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="drafts">The notifications.</param>
    /// <param name="alsoStaged">Jobs of the caller's that follow the same commit; they cost no separate statement here.</param>
    /// <param name="grant">What was reserved for them; null where a program asked and was counted, or nothing is counted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NpgsqlException">The database refused or cannot be reached.</exception>
    public async Task<CreatedNotifications> CreateAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyCollection<NotificationDraft> drafts,
        IReadOnlyCollection<OutgoingJob> alsoStaged,
        NotificationGrant? grant,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        ArgumentNullException.ThrowIfNull(alsoStaged);
        var now = timeProvider.GetUtcNow();
        var created = await InsertAsync(connection, transaction, drafts, now, cancellationToken);

        var above = grant is null ? [] : created.Where(one => !grant.TryTake(one.Draft.UserId)).Select(one => one.Id).ToHashSet();
        if (above.Count > 0)
            await FailAsync(transaction, [.. created.Where(one => above.Contains(one.Id))], now, cancellationToken);

        List<OutgoingJob> jobs = [.. alsoStaged];
        foreach (var (id, draft) in created.Where(one => !above.Contains(one.Id)))
        {
            if (draft.ScheduledFor is { } dueAt && dueAt > now)
                await scheduledJobs.InsertAsync(
                    connection, transaction, [Send(id, draft, shares.TakeAt(dueAt, draft.UserId, draft.Priority))], dueAt,
                    cancellationToken);
            else
                jobs.Add(Send(id, draft, shares.Take(draft.UserId, draft.Priority)));
        }

        jobs.AddRange(RecordEvents.Of([.. created.SelectMany(one => Events(one.Id, one.Draft, above.Contains(one.Id), now))], timeProvider));
        await outbox.StageAsync(connection, transaction, jobs, cancellationToken);
        return new([.. created.Select(one => one.Id)], jobs);
    }

    private const string CancelSql =
        """
        WITH pending AS (
            SELECT id FROM notifications
            WHERE id = ANY ($1) AND user_id = $2 AND delivery_status = 'pending' ORDER BY id FOR NO KEY UPDATE)
        UPDATE notifications AS n SET delivery_status = 'cancelled', cancelled_at = $3
        FROM pending WHERE n.id = pending.id
        RETURNING n.id, n.channel
        """;

    /// <summary>Takes back those of a user's notifications of which no send has begun, within the caller's transaction.</summary>
    /// <returns>Which they were, and the jobs that tell of it, which are for the caller to stage.</returns>
    public async Task<CreatedNotifications> CancelAsync(
        NpgsqlTransaction transaction, Guid userId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var cancelled = await transaction.Command(CancelSql, ids.ToArray(), userId, now)
            .ListAsync(row => (Id: row.GetGuid(0), Channel: row.GetString(1)), cancellationToken);
        return new(
            [.. cancelled.Select(one => one.Id)],
            RecordEvents.Of(
                [.. cancelled.Select(one => EventRecord.Of(NotificationEvents.Cancelled, userId, one.Id, one.Channel, now))],
                timeProvider));
    }

    private const string VerifiedPhoneSql =
        "SELECT phone_number FROM user_phone_numbers WHERE user_id = $1 AND verified_at IS NOT NULL ORDER BY verified_at, id LIMIT 1";

    /// <summary>Where a user is told of what concerns their own accounts: the phone that they verified first; null when there is
    /// none.</summary>
    public static Task<string?> FindVerifiedPhoneAsync(NpgsqlTransaction transaction, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(VerifiedPhoneSql, userId).FirstAsync(row => row.GetString(0), cancellationToken);

    private static async Task<IReadOnlyList<(Guid Id, NotificationDraft Draft)>> InsertAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyCollection<NotificationDraft> drafts,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (drafts.Count == 0)
            return [];

        // rows are locked in key order, so two processes cannot deadlock
        var items = drafts
            .OrderBy(draft => draft.DedupKey, StringComparer.Ordinal)
            .ThenBy(draft => draft.Id)
            .Select(draft => (Id: draft.Id ?? Guid.CreateVersion7(now), Draft: draft))
            .ToArray();
        await using var command = new NpgsqlCommand(InsertSql, connection, transaction);
        Add(item => item.Id);
        Add(item => item.Draft.UserId);
        Add(item => item.Draft.Channel);
        Add(item => StorableText.From(item.Draft.Recipient));
        Add(item => Visible(item.Draft.Body));
        Add(item => (short)item.Draft.Priority);
        Add(item => item.Draft.Source.Kind);
        Add(item => item.Draft.Source.Id);
        Add(item => item.Draft.DedupKey);
        Add(item => item.Draft.RuleId);
        Add(item => item.Draft.ScheduledFor is { } at && at > MadeAt(item.Id, now) ? at.ToUniversalTime() : (DateTimeOffset?)null);
        Add(item => MadeAt(item.Id, now));
        AddJson(item => item.Draft.Content is { } content ? StorableText.FromJson(content.Write()) : null);
        Add(item => item.Draft.RecipientId);
        AddJson(item => item.Draft.Metadata);
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var inserted = new HashSet<Guid>(items.Length);
        while (await reader.ReadAsync(cancellationToken))
            inserted.Add(reader.GetGuid(0));
        return inserted.Count == items.Length ? items : Array.FindAll(items, item => inserted.Contains(item.Id));

        void Add<T>(Func<(Guid Id, NotificationDraft Draft), T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = Array.ConvertAll(items, item => column(item)) });

        void AddJson(Func<(Guid Id, NotificationDraft Draft), string?> column) => command.Parameters.Add(new NpgsqlParameter<string?[]>
        {
            TypedValue = Array.ConvertAll(items, item => column(item)),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
        });
    }

    // Lists are in the order of ids, and look for those made since a time among the ids from then on: what waited for the end of quiet hours
    // or of a digest has the id of its delivery, and so its time.
    private static DateTimeOffset MadeAt(Guid id, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var made = BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return made < now.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(made) : now;
    }

    private Task<int> FailAsync(
        NpgsqlTransaction transaction, (Guid Id, NotificationDraft Draft)[] above, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.Command(
            FailSql, above.Select(one => one.Id).ToArray(), above.Select(one => one.Draft.UserId).ToArray(), quota.Reason, now)
            .RunAsync(cancellationToken);

    private static IEnumerable<EventRecord> Events(Guid id, NotificationDraft draft, bool isAbove, DateTimeOffset now)
    {
        yield return EventRecord.Of(NotificationEvents.Created, draft.UserId, id, draft.Channel, now);
        if (isAbove)
            yield return EventRecord.Of(NotificationEvents.Failed, draft.UserId, id, draft.Channel, now);
    }

    private static string Visible(string body) => FoldedText.IsBlank(body) ? WithoutText : StorableText.From(body);

    // the job has the notification's id, so that whoever cancels the one finds the other
    private static OutgoingJob Send(Guid id, NotificationDraft draft, JobPriority priority) =>
        new(new SendNotification(id, id, priority), draft.Parent);
}

/// <summary>Registration of <see cref="NotificationStore"/>.</summary>
public static class NotificationServices
{
    /// <summary>What makes notifications; the process can publish jobs too.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddJobPublishing();
        services.AddUserShares();
        services.AddSwitchboardLimits();
        services.AddOptions<NotificationQuotaOptions>().BindConfiguration(NotificationQuotaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<NotificationQuota>();
        services.TryAddSingleton<NotificationStore>();
        return services;
    }
}
