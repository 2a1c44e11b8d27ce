using Npgsql;

namespace Switchboard.Core.Postgres;

/// <summary>
/// Runs statements: <c>dataSource.Command(sql, a, b).ListAsync(Read, cancellationToken)</c>, with $1, $2, … in their order. An array that
/// is the only value is given as <c>(object)array</c>; else its elements would be the values.
/// </summary>
public static class CommandExtensions
{
    /// <summary>A statement on any connection.</summary>
    public static NpgsqlCommand Command(this NpgsqlDataSource dataSource, string sql, params ReadOnlySpan<object?> values) =>
        dataSource.CreateCommand(sql).With(values);

    /// <summary>A statement on this connection.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values) =>
        new NpgsqlCommand(sql, connection).With(values);

    /// <summary>A statement in this transaction.</summary>
    public static NpgsqlCommand Command(this NpgsqlTransaction transaction, string sql, params ReadOnlySpan<object?> values) =>
        new NpgsqlCommand(sql, transaction.Connection, transaction).With(values);

    /// <summary>All rows, and the command is disposed.</summary>
    public static async Task<List<T>> ListAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var disposed = command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first row, or null when there is none; and the command is disposed.</summary>
    public static async Task<T?> FirstAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class
    {
        await using var disposed = command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? read(reader) : null;
    }

    /// <summary>The one value of a statement that always has one; and the command is disposed.</summary>
    public static async Task<T> ScalarAsync<T>(this NpgsqlCommand command, CancellationToken cancellationToken)
        where T : struct
    {
        await using var disposed = command;
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How many rows were changed; and the command is disposed.</summary>
    public static async Task<int> RunAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var disposed = command;
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The column, or null.</summary>
    public static T? Nullable<T>(this NpgsqlDataReader reader, int column)
        where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);

    /// <summary>The text, or null.</summary>
    public static string? Text(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlCommand With(this NpgsqlCommand command, ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value switch
            {
                null => DBNull.Value,
                // timestamptz takes UTC alone
                DateTimeOffset at => at.ToUniversalTime(),
                _ => value,
            });
        }

        return command;
    }
}
