using System.Net.Sockets;
using Npgsql;

namespace Switchboard.Core.Postgres;

/// <summary>Which failures are those of the database and of time, and not of what it was asked.</summary>
public static class DatabaseFailure
{
    // The first characters of SQLSTATE (PostgreSQL, appendix A): the connection is lost (08), it lacks memory, disk or connections (53),
    // an operator or a crash ended the session (57P), its files fail (58).
    private static readonly string[] _classes = ["08", "53", "57P", "58"];

    // idle_in_transaction_session_timeout, which Npgsql has no name for
    private const string IdleTransaction = "25P03";

    /// <summary>
    /// Whether the same statement can succeed in a while, unchanged: the server is not reached or does not answer, is full, only reads
    /// (as a primary that was demoted), was shut down, or ended the statement because it took too long or others were in its way.
    /// </summary>
    public static bool IsUnavailable(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState is
            PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.QueryCanceled or IdleTransaction
            || Array.Exists(_classes, part => postgres.SqlState.StartsWith(part, StringComparison.Ordinal)),
        NpgsqlException npgsql =>
            npgsql.IsTransient || npgsql.InnerException is TimeoutException or IOException or SocketException or OperationCanceledException,
        _ => false,
    };
}
