using Npgsql;

namespace Switchboard.Tests.Queries;

/// <summary>
/// Autovacuum takes the statistics of each table with an empty search path. Where a function of an index calls another one without its
/// schema, that fails every time, and the planner goes by statistics that are never renewed.
/// </summary>
public sealed class StatisticsOfTablesTests(SeededDatabase seeded)
{
    [Fact]
    public async Task Every_table_can_be_analysed_with_an_empty_search_path()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await ExecuteAsync(connection, "SET search_path = ''");
        var failures = new List<string>();
        var tables = await TablesAsync(connection);
        foreach (var table in tables)
        {
            try
            {
                await ExecuteAsync(connection, $"ANALYZE {table}");
            }
            catch (PostgresException exception)
            {
                failures.Add($"{table}: {exception.MessageText}");
            }
        }

        tables.ShouldContain("public.tracked_emails");
        tables.ShouldContain("public.tracked_email_days");
        failures.ShouldBeEmpty();
    }

    private static async Task<List<string>> TablesAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            "SELECT format('%I.%I', schemaname, relname) FROM pg_stat_user_tables ORDER BY 1", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync())
            tables.Add(reader.GetString(0));
        return tables;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
