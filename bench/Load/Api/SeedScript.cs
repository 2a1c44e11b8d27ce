using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Npgsql;

namespace Switchboard.Load.Api;

/// <summary>
/// A script that fills tables: what stands before its first <c>-- table NAME</c> are functions that the rest uses, each such line begins
/// the statement that fills that table, and what follows <c>-- after</c> is run when all are filled. <c>:name</c> is a value.
/// </summary>
/// <param name="Functions">What the statements use, for each session.</param>
/// <param name="Tables">The tables, each with its statement.</param>
/// <param name="After">What is run at last; empty for nothing.</param>
internal sealed record SeedScript(string Functions, IReadOnlyList<(string Name, string Sql)> Tables, string After)
{
    private const string TableMark = "-- table ";
    private const string AfterMark = "-- after";

    /// <summary>Reads a script that is built in, with the functions that all share.</summary>
    public static SeedScript Load(string name, IReadOnlyDictionary<string, string> values) =>
        Parse($"{TextOf("seed-functions.sql")}\n{TextOf(name)}", values);

    /// <summary>Reads a script.</summary>
    /// <param name="text">The script.</param>
    /// <param name="values">Its values by name, in SQL.</param>
    public static SeedScript Parse(string text, IReadOnlyDictionary<string, string> values)
    {
        // the longest name first: one may begin as another does; :: is a cast
        foreach (var (name, value) in values.OrderByDescending(one => one.Key.Length))
            text = text.Replace($"::{name}", $"\0{name}", StringComparison.Ordinal)
                .Replace($":{name}", value, StringComparison.Ordinal)
                .Replace($"\0{name}", $"::{name}", StringComparison.Ordinal);
        var parts = new List<(string Mark, List<string> Lines)> { ("", []) };
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(TableMark, StringComparison.Ordinal) || line.StartsWith(AfterMark, StringComparison.Ordinal))
                parts.Add((line.Trim(), []));
            else
                parts[^1].Lines.Add(line);
        }

        return new(
            Text(parts[0]),
            [
                .. parts.Where(part => part.Mark.StartsWith(TableMark, StringComparison.Ordinal))
                    .Select(part => (part.Mark[TableMark.Length..], Text(part))),
            ],
            string.Concat(parts.Where(part => part.Mark == AfterMark).Select(Text)));

        static string Text((string Mark, List<string> Lines) part) => string.Join('\n', part.Lines).Trim();
    }

    private static string TextOf(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new ArgumentException($"There is no script {name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>
/// Runs a script, two tables at a time. Each is filled in one transaction: its indexes are dropped, its rows inserted without triggers, and
/// its indexes made again; then its statistics and its visibility are written. Nobody else reads the table meanwhile.
/// </summary>
[SuppressMessage("Security", "CA2100", Justification = "The scripts are built in; their values are numbers, times and ids.")]
internal sealed class BulkSeed(NpgsqlDataSource dataSource, SeedScript script)
{
    private const int MaxParallel = 2;

    // what a crash of the server loses can be inserted again; what hangs on what is right by its making
    private const string SettingsSql =
        """
        SET synchronous_commit = off;
        SET session_replication_role = replica;
        SET maintenance_work_mem = '512MB';
        SET work_mem = '64MB';
        """;

    // those of constraints stay
    private const string IndexesSql =
        """
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
        FROM pg_index AS i
        WHERE i.indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
        ORDER BY 1
        """;

    public async Task RunAsync(Action<double> report, CancellationToken cancellationToken)
    {
        var done = 0;
        var parallelOptions = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(script.Tables, parallelOptions, async (table, token) =>
        {
            await FillAsync(table.Name, table.Sql, token);
            report(Interlocked.Increment(ref done));
        });
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, script.Functions + script.After + ";CHECKPOINT", cancellationToken);
    }

    private async Task FillAsync(string table, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, SettingsSql + script.Functions, cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            var indexes = await IndexesAsync(connection, table, cancellationToken);
            foreach (var (name, _) in indexes)
                await ExecuteAsync(connection, $"DROP INDEX {name}", cancellationToken);
            await ExecuteAsync(connection, sql, cancellationToken);
            foreach (var (_, definition) in indexes)
                await ExecuteAsync(connection, definition, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await ExecuteAsync(connection, $"VACUUM (ANALYZE) {table}", cancellationToken);
        await ExecuteAsync(connection, "RESET session_replication_role", cancellationToken);
    }

    private static async Task<IReadOnlyList<(string Name, string Definition)>> IndexesAsync(
        NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(IndexesSql, connection) { Parameters = { new() { Value = table } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var indexes = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken))
            indexes.Add((reader.GetString(0), reader.GetString(1)));
        return indexes;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
