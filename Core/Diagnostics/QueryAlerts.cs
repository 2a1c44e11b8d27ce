using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Logs slow queries: each with its name and duration, and with its plan where there was none of that name within the last minute.
/// A plan is asked for beside the caller, which does not wait for it, and one at a time, so that it takes one connection at most.
/// </summary>
internal sealed partial class QueryAlerts(NpgsqlDataSource dataSource, TimeSpan planTimeout, TimeProvider time, ILogger<QueryAlerts> logger)
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

    private bool Claim(string name)
    {
        if (Interlocked.CompareExchange(ref _explaining, 1, 0) != 0)
            return false;
        if (_explained.TryGetValue(name, out var last) && time.GetElapsedTime(last) < _oftenest)
        {
            Volatile.Write(ref _explaining, 0);
            return false;
        }

        _explained[name] = time.GetTimestamp();
        return true;
    }

    private async Task ExplainAsync(string name, long milliseconds, QueryStatement statement)
    {
        try
        {
            // the server ends the statement; this ends the wait for a connection, or for a server that does not answer
            using var tooLong = new CancellationTokenSource(planTimeout * 2, time);
            Log.SlowWithPlan(logger, name, milliseconds, await QueryPlan.ReadAsync(dataSource, statement, planTimeout, tooLong.Token));
        }
        catch (Exception reason)
        {
            // of what the server says the code alone: its words may show values
            Log.SlowWithoutPlan(logger, name, milliseconds, reason is PostgresException error ? $"SQLSTATE {error.SqlState}" : reason.Message);
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
        public static partial void SlowWithPlan(ILogger logger, string name, long milliseconds, string plan);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The query {Name} took {Milliseconds} ms. Its plan could not be had: {Reason}")]
        public static partial void SlowWithoutPlan(ILogger logger, string name, long milliseconds, string reason);
    }
}
