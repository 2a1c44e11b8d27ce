namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// How long a request waits for Postgres: 5 s for a call, whatever holds it up. Set here for every connection of this process, since a
/// cancellation alone does not end a call: Npgsql first asks the server to end the statement, over a second connection, and waits for that.
/// </summary>
internal static class DatabaseLimits
{
    // a connection from the pool, or a new one; the request to end a statement waits for as long
    private const int ConnectSeconds = 2;

    // a statement until its answer comes, or goes on
    private const int CommandSeconds = 3;

    // after the server took the request to end the statement: a backend that hangs does not end it
    private const int CancellationMilliseconds = 1_000;

    /// <summary>For the data source of this process; a shorter <c>DATABASE_POOL_TIMEOUT_MS</c> stays.</summary>
    public static void Apply(NpgsqlDataSourceBuilder source)
    {
        var settings = source.ConnectionStringBuilder;
        settings.Timeout = Math.Min(settings.Timeout, ConnectSeconds);
        settings.CommandTimeout = CommandSeconds;
        settings.CancellationTimeout = CancellationMilliseconds;
    }
}
