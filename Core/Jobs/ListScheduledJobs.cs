using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Notifications;

namespace Switchboard.Core.Jobs;

/// <summary>A page of waiting jobs, the next to be due first.</summary>
internal static class ListScheduledJobs
{
    private const string Sql =
        """
        SELECT id, type, worker, priority, state, name, repeat_every, attempt, errors::text, due_at, created_at
        FROM scheduled_jobs
        WHERE ($1::text IS NULL OR type = $1)
          AND (due_at, id) > ($2, $3)
        ORDER BY due_at, id
        LIMIT $4
        """;

    public static async Task<JobPage<ScheduledJob>> ExecuteAsync(
        NpgsqlDataSource dataSource, string? type, JobCursor? after, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.Add(new()
        {
            NpgsqlDbType = NpgsqlDbType.Text,
            Value = type is null ? DBNull.Value : StorableText.From(type),
        });
        command.Parameters.Add(new() { Value = after?.At ?? DateTimeOffset.UnixEpoch });
        command.Parameters.Add(new() { Value = after?.Id ?? Guid.Empty });
        command.Parameters.Add(new() { Value = limit + 1 });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var items = new List<ScheduledJob>();
        while (await row.ReadAsync(cancellation))
            items.Add(Read(row));
        return PageOf.Items(items, limit, last => new(last.DueAt, last.Id));
    }

    private static ScheduledJob Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        JobQueue.NameOf(row.GetString(2), row.GetInt16(3)),
        row.GetString(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.IsDBNull(6) ? null : row.GetTimeSpan(6),
        row.GetInt32(7),
        JsonSerializer.Deserialize<List<JobError>>(row.GetString(8), JobJson.Options) ?? [],
        row.GetFieldValue<DateTimeOffset>(9),
        row.GetFieldValue<DateTimeOffset>(10));
}
