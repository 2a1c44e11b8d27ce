using Npgsql;
using StackExchange.Redis;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Tells a dependency that is away or overloaded from a job that is bad.</summary>
internal static class DependencyFailure
{
    /// <summary>Whether the same work can succeed as soon as the dependency is back.</summary>
    public static bool Is(Exception reason) => reason switch
    {
        BrokerUnavailableException or RedisConnectionException => true,
        PostgresException postgres => postgres.IsTransient || CannotNow(postgres.SqlState),
        NpgsqlException npgsql => npgsql.IsTransient,
        _ => false,
    };

    // The server shuts down, crashed or dropped the session (classes 08 and 57P), lacks memory, disk or connections (53, 58),
    // or only reads, as a primary that was demoted (25006).
    private static bool CannotNow(string state) => state == PostgresErrorCodes.ReadOnlySqlTransaction
        || new[] { "08", "57P", "53", "58" }.Any(of => state.StartsWith(of, StringComparison.Ordinal));
}
