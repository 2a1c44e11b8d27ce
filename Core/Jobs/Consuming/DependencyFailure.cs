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
        PostgresException postgres => postgres.IsTransient || IsConnectionEnded(postgres.SqlState),
        NpgsqlException npgsql => npgsql.IsTransient,
        _ => false,
    };

    // the server shuts down, crashed or dropped the session: classes 08 and 57P
    private static bool IsConnectionEnded(string state) =>
        state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal);
}
