using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Logs slow queries: each with its name and duration, and with its plan where there was none of that name within the last minute.
/// A plan is asked for beside the caller, which does not wait for it, and one at a time, so that it takes one connection at most.
/// </summary>
internal sealed partial class QueryAlerts(
    NpgsqlDataSource dataSource, TimeSpan planTimeout, TimeProvider timeProvider, ILogger<QueryAlerts> logger)
{
    private static readonly TimeSpan _oftenest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _explained = new();
    private int _explaining;

    /// <summary>A query took too long.</summary>
    /// <param name="name">Under which name it is measured.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="statement">What it was; null for what has no plan.</param>
    public void Alert(string name, TimeSpan duration, QueryStatement? statement)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        if (statement is not null && Claim(name))
            _ = Task.Run(() => ExplainAsync(name, milliseconds, statement), CancellationToken.None);
        else
            Log.Slow(logger, name, milliseconds);
    }

    /// <summary>The plan of a statement.</summary>
    public Task<string> PlanAsync(QueryStatement statement, CancellationToken cancellationToken) =>
        QueryPlan.ReadAsync(dataSource, statement, planTimeout, cancellationToken);

    private bool Claim(string name)
    {
        if (Interlocked.CompareExchange(ref _explaining, 1, 0) != 0)
            return false;
        if (_explained.TryGetValue(name, out var last) && timeProvider.GetElapsedTime(last) < _oftenest)
        {
            Volatile.Write(ref _explaining, 0);
            return false;
        }

        _explained[name] = timeProvider.GetTimestamp();
        return true;
    }

    private async Task ExplainAsync(string name, long milliseconds, QueryStatement statement)
    {
        try
        {
            // the server ends the statement; this ends the wait for a connection, or for a server that does not answer
            using var tooLong = new CancellationTokenSource(planTimeout * 2, timeProvider);
            Log.SlowWithPlan(logger, name, milliseconds, await PlanAsync(statement, tooLong.Token));
        }
        catch (Exception reason)
        {
            // of what the server says the code alone: its words may show values
            Log.SlowWithoutPlan(
                logger, name, milliseconds, reason is PostgresException error ? $"SQLSTATE {error.SqlState}" : LoggedException.Reason(reason));
        }
        finally
        {
            Volatile.Write(ref _explaining, 0);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The query {Name} took {Milliseconds} ms.")]
        public static partial void Slow(ILogger logger, string name, long milliseconds);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The query {Name} took {Milliseconds} ms. Its plan:\n{Plan}")]
        public static partial void SlowWithPlan(ILogger logger, string name, long milliseconds, Redacted plan);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The query {Name} took {Milliseconds} ms. Its plan could not be had: {Reason}")]
        public static partial void SlowWithoutPlan(ILogger logger, string name, long milliseconds, Redacted reason);
    }
}

/// <summary>A statement with its parameters, taken before it ran: the caller may dispose a command.</summary>
internal sealed class QueryStatement(NpgsqlCommand command)
{
    private readonly string _sql = command.CommandText;
    private readonly NpgsqlParameter[] _parameters = [.. command.Parameters.Cast<NpgsqlParameter>()];

    /// <summary>The command that asks for its plan.</summary>
    public NpgsqlCommand Explain(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        var explain = new NpgsqlCommand($"EXPLAIN {_sql}", connection, transaction);
        foreach (var parameter in _parameters)
            explain.Parameters.Add(parameter.Clone());
        return explain;
    }
}

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
    /// <exception cref="NpgsqlException">
    /// There is none: of what EXPLAIN does not know, within that time, or from a database that is unavailable.
    /// </exception>
    public static async Task<string> ReadAsync(
        NpgsqlDataSource dataSource, QueryStatement statement, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var readOnly = new NpgsqlCommand(ReadOnlySql, connection, transaction))
            await readOnly.ExecuteNonQueryAsync(cancellationToken);
        await using (var limit = new NpgsqlCommand(TimeoutSql, connection, transaction))
        {
            limit.Parameters.Add(new() { Value = $"{timeout.TotalMilliseconds:0}ms" });
            await limit.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var explain = statement.Explain(connection, transaction);
        await using var row = await explain.ExecuteReaderAsync(cancellationToken);
        var lines = new List<string>();
        while (await row.ReadAsync(cancellationToken))
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
        return StorableText.Cut(string.Join('\n', lines), Longest);
    }

    // the lines of nodes: their numbers are what a plan is read for
    private static bool HasCosts(string line) => line.Contains("(cost=", StringComparison.Ordinal);

    [GeneratedRegex("'(?:[^']|'')*'", RegexOptions.NonBacktracking)]
    private static partial Regex Texts();

    [GeneratedRegex(@"(?<![\w$.""]|Plan )\d+(?:\.\d+)?(?:e[+-]?\d+)?")]
    private static partial Regex Numbers();
}
