using System.Text.Json;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Scheduling;

/// <summary>The schedules of users. Each statement names the user, but for the sweep over all.</summary>
public sealed class ScheduleStore(NpgsqlDataSource dataSource)
{
    private const string Columns =
        """
        id, user_id, name, time_zone, slots, recurrence, content, targets, missed, is_paused, next_at, occurrences, last_error, version,
        created_at, updated_at
        """;

    // newest first by UNIQUE (user_id, id)
    private const string ListSql =
        $"""
        SELECT {Columns} FROM social_schedules
        WHERE user_id = $1 AND ($2::boolean IS NULL OR is_paused = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::uuid IS NULL OR id < $4)
        ORDER BY id DESC
        LIMIT $5 OFFSET $6
        """;

    /// <summary>A user's schedules, newest first, after one of them.</summary>
    public Task<List<Schedule>> ListAsync(
        Guid userId, ScheduleFilter filter, Guid? after, int take, int skip, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, filter.IsPaused, filter.Kind, after, take, skip).ListAsync(Read, cancellationToken);

    private const string CountSql =
        """
        SELECT count(*) FROM social_schedules
        WHERE user_id = $1 AND ($2::boolean IS NULL OR is_paused = $2) AND ($3::text IS NULL OR kind = $3)
        """;

    /// <summary>How many a user has; they may have no more than a few hundred.</summary>
    public Task<long> CountAsync(Guid userId, ScheduleFilter filter, CancellationToken cancellationToken) =>
        dataSource.Command(CountSql, userId, filter.IsPaused, filter.Kind).ScalarAsync<long>(cancellationToken);

    private const string LockUserSql = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    /// <summary>How many a user has, who gets no other until the transaction ends.</summary>
    public static async Task<long> CountAsync(NpgsqlTransaction transaction, Guid userId, CancellationToken cancellationToken)
    {
        // a statement of its own: the next one sees those for which this one waited
        await transaction.Command(LockUserSql, userId).RunAsync(cancellationToken);
        return await transaction.Command(CountSql, userId, null, null).ScalarAsync<long>(cancellationToken);
    }

    private const string FindSql = $"SELECT {Columns} FROM social_schedules WHERE id = $1 AND user_id = $2";

    /// <summary>One of them; null when the user has it not.</summary>
    public Task<Schedule?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id, userId).FirstAsync(Read, cancellationToken);

    /// <summary>The same within a transaction, which keeps it as it is until its end.</summary>
    public static Task<Schedule?> LockAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(FindSql + " FOR NO KEY UPDATE", id, userId).FirstAsync(Read, cancellationToken);

    // null for one of this name
    private const string InsertSql =
        """
        INSERT INTO social_schedules
            (id, user_id, name, time_zone, kind, slots, recurrence, content, targets, missed, next_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, CASE WHEN $5::jsonb IS NULL THEN 'recurrence' ELSE 'slots' END, $5::jsonb, $6::jsonb, $7::jsonb, $8::jsonb,
                $9, $10, $11, $11)
        ON CONFLICT (user_id, name) DO NOTHING
        """;

    /// <summary>Adds a schedule; false when the user has one of this name.</summary>
    public static async Task<bool> InsertAsync(NpgsqlTransaction transaction, Schedule schedule, CancellationToken cancellationToken) =>
        await transaction.Command(
            InsertSql, schedule.Id, schedule.UserId, schedule.Name, schedule.TimeZone, Slots(schedule), Recurrence(schedule),
            schedule.Content?.Write(), schedule.Targets.Write(), schedule.Missed, schedule.NextAt, schedule.CreatedAt)
            .RunAsync(cancellationToken) > 0;

    private const string ChangeSql =
        """
        UPDATE social_schedules
        SET name = $3, time_zone = $4, slots = $5::jsonb, recurrence = $6::jsonb, content = $7::jsonb, targets = $8::jsonb, missed = $9,
            is_paused = $10, next_at = $11, last_error = $12, version = $13, updated_at = $14
        WHERE id = $1 AND user_id = $2
            AND NOT EXISTS (SELECT FROM social_schedules AS other WHERE other.user_id = $2 AND other.name = $3 AND other.id <> $1)
        """;

    /// <summary>Writes a schedule that was locked, as a new version; null when the user has another of this name.</summary>
    public static async Task<Schedule?> ChangeAsync(
        NpgsqlTransaction transaction, Schedule schedule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = schedule with { Version = schedule.Version + 1, UpdatedAt = now };
        var rows = await transaction.Command(
            ChangeSql, changed.Id, changed.UserId, changed.Name, changed.TimeZone, Slots(changed), Recurrence(changed),
            changed.Content?.Write(), changed.Targets.Write(), changed.Missed, changed.IsPaused, changed.NextAt, changed.LastError,
            changed.Version, now)
            .RunAsync(cancellationToken);
        return rows > 0 ? changed : null;
    }

    private const string MoveSql =
        """
        UPDATE social_schedules SET next_at = $3, occurrences = occurrences + $4, last_error = $5 WHERE id = $1 AND user_id = $2
        """;

    /// <summary>Goes on to the next occurrence of a schedule that was locked.</summary>
    public static Task MoveAsync(
        NpgsqlTransaction transaction, Schedule schedule, DateTimeOffset? nextAt, int made, string? error,
        CancellationToken cancellationToken) =>
        transaction.Command(MoveSql, schedule.Id, schedule.UserId, nextAt, made, error).RunAsync(cancellationToken);

    // over all users: idx_social_schedules_due has those alone that wait for something
    private const string OverdueSql =
        $"""
        SELECT {Columns} FROM social_schedules
        WHERE next_at < $1 AND NOT is_paused AND ($2::timestamptz IS NULL OR (next_at, id) > ($2, $3))
        ORDER BY next_at, id
        LIMIT $4
        FOR NO KEY UPDATE SKIP LOCKED
        """;

    /// <summary>Schedules of all users whose occurrence passed and nothing came of it, the longest ago first, after
    /// one of them.</summary>
    public static Task<List<Schedule>> OverdueAsync(
        NpgsqlTransaction transaction, DateTimeOffset before, Schedule? after, int take, CancellationToken cancellationToken) =>
        transaction.Command(OverdueSql, before, after?.NextAt, after?.Id, take).ListAsync(Read, cancellationToken);

    private const string DeleteSql = "DELETE FROM social_schedules WHERE id = $1 AND user_id = $2";

    /// <summary>Deletes a schedule that no post names any more.</summary>
    public static Task DeleteAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        transaction.Command(DeleteSql, id, userId).RunAsync(cancellationToken);

    private static string? Slots(Schedule schedule) =>
        schedule.Slots is null ? null : JsonSerializer.Serialize(schedule.Slots, ScheduleJson.Default.IReadOnlyListWeeklySlot);

    private static string? Recurrence(Schedule schedule) =>
        schedule.Recurrence is null ? null : JsonSerializer.Serialize(schedule.Recurrence, ScheduleJson.Default.Recurrence);

    private static Schedule Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3),
        row.Text(4) is { } slots ? JsonSerializer.Deserialize(slots, ScheduleJson.Default.IReadOnlyListWeeklySlot) : null,
        row.Text(5) is { } recurrence ? JsonSerializer.Deserialize(recurrence, ScheduleJson.Default.Recurrence) : null,
        row.Text(6) is { } content ? PostContent.Read(content) : null,
        PostTargets.Read(row.GetString(7)),
        row.GetString(8), row.GetBoolean(9), row.Nullable<DateTimeOffset>(10), row.GetInt32(11), row.Text(12), row.GetInt32(13),
        row.GetFieldValue<DateTimeOffset>(14), row.GetFieldValue<DateTimeOffset>(15));
}

/// <summary>Which schedules.</summary>
/// <param name="Kind"><c>slots</c> or <c>recurrence</c>; null for both.</param>
/// <param name="IsPaused">Only those that are paused, or are not; null for both.</param>
public sealed record ScheduleFilter(string? Kind, bool? IsPaused);
