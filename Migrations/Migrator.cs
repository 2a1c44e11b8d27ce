using Microsoft.Extensions.Logging;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Migrations;

/// <summary>
/// Applies the migrations that a database does not have yet, each in its own transaction, and notes them in <c>schema_migrations</c>.
/// Two at once wait for each other on an advisory lock; a run that was killed goes on where it stopped.
/// </summary>
internal sealed partial class Migrator(NpgsqlDataSource dataSource, IReadOnlyList<MigrationScript> scripts, ILogger<Migrator> logger)
{
    // any number, as long as nothing else in this database locks on it
    private const long LockKey = 0x5B_0A12D;

    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await WithoutLimitAsync(connection.Command("SELECT pg_advisory_lock($1)", LockKey), cancellationToken);
        await connection.Command(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number     int PRIMARY KEY,
                name       text NOT NULL,
                checksum   text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """).RunAsync(cancellationToken);

        var applied = await AppliedAsync(connection, cancellationToken);
        foreach (var script in scripts)
        {
            if (!applied.TryGetValue(script.Number, out var checksum))
                await ApplyAsync(connection, script, cancellationToken);
            else if (checksum != script.Checksum)
                throw new InvalidOperationException(
                    $"Migration {script.Number} ({script.Name}) was edited after it had been applied to this database. " +
                    "Put it back and write the change as a new migration, or start with an empty database.");
        }

        Log.UpToDate(logger, scripts.Count, scripts.Count - applied.Count);
    }

    private async Task ApplyAsync(NpgsqlConnection connection, MigrationScript script, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await WithoutLimitAsync(connection.Command(script.Sql), cancellationToken);
        await connection.Command(
            "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)", script.Number, script.Name, script.Checksum)
            .RunAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.Applied(logger, script.Number, script.Name);
    }

    // over a large table a script takes as long as it takes, and who waits for it waits as long
    private static Task<int> WithoutLimitAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        command.CommandTimeout = 0;
        return command.RunAsync(cancellationToken);
    }

    private static async Task<Dictionary<int, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await connection.Command("SELECT number, checksum FROM schema_migrations")
            .ListAsync(row => (Number: row.GetInt32(0), Checksum: row.GetString(1)), cancellationToken);
        return applied.ToDictionary(script => script.Number, script => script.Checksum);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Number} ({Name})")]
        public static partial void Applied(ILogger logger, int number, string name);

        [LoggerMessage(Level = LogLevel.Information, Message = "The database has all {Count} migrations, {New} of them new")]
        public static partial void UpToDate(ILogger logger, int count, int @new);
    }
}
