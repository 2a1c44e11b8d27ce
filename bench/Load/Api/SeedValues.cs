using System.Globalization;
using Npgsql;
using Switchboard.Load.Running;

namespace Switchboard.Load.Api;

/// <summary>What a <see cref="SeedScript"/> is told, in SQL.</summary>
internal static class SeedValues
{
    /// <summary>The seed, the time, whose the rows are, and how many there are.</summary>
    public static IReadOnlyDictionary<string, string> Of(
        RunToken token, DateTimeOffset now, IReadOnlyList<LoadUser> users, params IEnumerable<(string Name, long Count)> counts)
    {
        var values = counts.ToDictionary(one => one.Name, one => Number(one.Count));
        values["seed"] = Number(token.StartedAtMs);
        values["now"] = string.Create(CultureInfo.InvariantCulture, $"timestamptz '{now.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}'");
        values["now_ms"] = Number(now.ToUnixTimeMilliseconds());
        values["users"] = $"ARRAY[{string.Join(", ", users.Select(user => $"'{user.Id}'"))}]::uuid[]";
        return values;
    }

    /// <summary>Reads pairs of a user and an id, by the user.</summary>
    public static async Task<ILookup<Guid, Guid>> OwnedAsync(
        this NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken) =>
        (await dataSource.RowsAsync(sql, row => (User: row.GetGuid(0), Id: row.GetGuid(1)), cancellationToken))
            .ToLookup(row => row.User, row => row.Id);

    /// <summary>Reads rows, however long it takes.</summary>
    public static async Task<IReadOnlyList<T>> RowsAsync<T>(
        this NpgsqlDataSource dataSource, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
