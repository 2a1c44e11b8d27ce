using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Notifications;

namespace Switchboard.Core.Jobs;

/// <summary>A page of dead jobs, the latest first.</summary>
internal static class ListDeadJobs
{
    public const string FilterSql =
        """
        ($1::text IS NULL OR type = $1)
        AND ($2::timestamptz IS NULL OR died_at >= $2)
        AND ($3::timestamptz IS NULL OR died_at < $3)
        AND ($4::text IS NULL OR strpos(lower(error), lower($4)) > 0)
        """;

    // four bytes are the most that a character of UTF-8 takes
    private const string Sql =
        $"""
        SELECT id, type, worker, priority, substring(payload FROM 1 FOR 8000), idempotency_key, attempts, error, errors::text, is_replay,
               created_at, died_at
        FROM dead_jobs
        WHERE {FilterSql}
          AND ($5::timestamptz IS NULL OR (died_at, id) < ($5, $6))
        ORDER BY died_at DESC, id DESC
        LIMIT $7
        """;

    public static IEnumerable<NpgsqlParameter> Parameters(DeadJobFilter filter) =>
    [
        Optional(NpgsqlDbType.Text, filter.Type is { } type ? StorableText.From(type) : null),
        Optional(NpgsqlDbType.TimestampTz, filter.Since?.ToUniversalTime()),
        Optional(NpgsqlDbType.TimestampTz, filter.Until?.ToUniversalTime()),
        Optional(NpgsqlDbType.Text, filter.ErrorContains is { } error ? StorableText.From(error) : null),
    ];

    public static async Task<JobPage<DeadJob>> ExecuteAsync(
        NpgsqlDataSource dataSource, DeadJobFilter filter, JobCursor? after, int limit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddRange(Parameters(filter).ToArray());
        command.Parameters.Add(Optional(NpgsqlDbType.TimestampTz, after?.At));
        command.Parameters.Add(Optional(NpgsqlDbType.Uuid, after?.Id));
        command.Parameters.Add(new() { Value = limit + 1 });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var items = new List<DeadJob>();
        while (await row.ReadAsync(cancellation))
            items.Add(Read(row));
        return PageOf.Items(items, limit, last => new(last.DiedAt, last.Id));
    }

    private static DeadJob Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        JobQueue.NameOf(row.GetString(2), row.GetInt16(3)),
        Start(Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(4))),
        row.GetString(5),
        row.GetInt32(6),
        row.GetString(7),
        JsonSerializer.Deserialize<List<JobError>>(row.GetString(8), JobJson.Options) ?? [],
        row.GetBoolean(9),
        row.GetFieldValue<DateTimeOffset>(10),
        row.GetFieldValue<DateTimeOffset>(11));

    private static string Start(string payload) =>
        payload.Length <= DeadJob.MaxPayloadLength ? payload : payload[..DeadJob.MaxPayloadLength];

    private static NpgsqlParameter Optional(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
