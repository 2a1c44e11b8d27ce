using System.Text.RegularExpressions;
using Npgsql;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Asks the database how it would run a statement. It runs nothing: in a transaction that only reads, because what stands behind a
/// semicolon would not be explained but done.
/// </summary>
internal static partial class QueryPlan
{
    private const int Longest = 4_000;
    private const string TimeoutSql = "SELECT set_config('statement_timeout', $1, true)";
    private const string ReadOnlySql = "SET TRANSACTION READ ONLY";

    /// <summary>The plan as text, without values.</summary>
    /// <exception cref="NpgsqlException">There is none: of what EXPLAIN does not know, within that time, or from a database that is away.</exception>
    public static async Task<string> ReadAsync(
        NpgsqlDataSource dataSource, QueryStatement statement, TimeSpan timeout, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var readOnly = new NpgsqlCommand(ReadOnlySql, connection, transaction))
            await readOnly.ExecuteNonQueryAsync(cancellation);
        await using (var limit = new NpgsqlCommand(TimeoutSql, connection, transaction))
        {
            limit.Parameters.Add(new() { Value = $"{timeout.TotalMilliseconds:0}ms" });
            await limit.ExecuteNonQueryAsync(cancellation);
        }

        await using var explain = statement.Explain(connection, transaction);
        await using var row = await explain.ExecuteReaderAsync(cancellation);
        var lines = new List<string>();
        while (await row.ReadAsync(cancellation))
            lines.Add(row.GetString(0));
        return WithoutValues(string.Join('\n', lines));
    }

    /// <summary>
    /// The same plan with … in the place of texts and numbers: the planner writes parameters into conditions, and those hold addresses
    /// and words of mails.
    /// </summary>
    internal static string WithoutValues(string plan)
    {
        // a text may have several lines, so texts go first
        var lines = Texts().Replace(plan, "'…'").Split('\n').Select(line => HasCosts(line) ? line : Numbers().Replace(line, "…"));
        var told = string.Join('\n', lines);
        return told.Length <= Longest ? told : $"{told[..Longest]}…";
    }

    // the lines of nodes: their numbers are what a plan is read for
    private static bool HasCosts(string line) => line.Contains("(cost=", StringComparison.Ordinal);

    [GeneratedRegex("'(?:[^']|'')*'", RegexOptions.NonBacktracking)]
    private static partial Regex Texts();

    [GeneratedRegex(@"(?<![\w$.""]|Plan )\d+(?:\.\d+)?(?:e[+-]?\d+)?")]
    private static partial Regex Numbers();
}
