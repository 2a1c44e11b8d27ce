using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>An authorization that has started and may still be finished.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Who started it.</param>
/// <param name="CodeVerifier">Encrypted.</param>
/// <param name="RedirectUri">As it was sent.</param>
/// <param name="Address">The mailbox that was meant, if that was said.</param>
/// <param name="Tracking">What is to be tracked, if that was said.</param>
internal sealed record PendingConnection(Guid Id, Guid UserId, byte[] CodeVerifier, string RedirectUri, string? Address, string? Tracking)
{
    /// <summary>What verifiers are encrypted for.</summary>
    public const string VerifierPurpose = "graph-code-verifier";
}

/// <summary>Authorizations that have started, in <c>account_connections</c>.</summary>
internal sealed class ConnectionStore(NpgsqlDataSource dataSource)
{
    private const string InsertSql =
        """
        INSERT INTO account_connections
            (id, user_id, provider, state_hash, code_verifier, redirect_uri, address, tracking, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::text, $8::jsonb, $9, $10)
        """;

    public static Task<int> InsertAsync(
        NpgsqlTransaction transaction, PendingConnection connection, string provider, byte[] stateHash, DateTimeOffset now,
        DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        transaction.Command(
            InsertSql, connection.Id, connection.UserId, provider, stateHash, connection.CodeVerifier, connection.RedirectUri,
            connection.Address, connection.Tracking, now, expiresAt).RunAsync(cancellationToken);

    // The one statement that names no user: it is asked by whom the authority sends back without a key, and says whose it is.
    private const string FindSql =
        """
        SELECT id, user_id, code_verifier, redirect_uri, address, tracking
        FROM account_connections
        WHERE state_hash = $1 AND expires_at > $2
        """;

    /// <summary>The one of that state; null when there is none any more.</summary>
    public Task<PendingConnection?> FindAsync(byte[] stateHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, stateHash, now).FirstAsync(
            row => new PendingConnection(
                row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<byte[]>(2), row.GetString(3), row.Text(4), row.Text(5)),
            cancellationToken);

    private const string UseSql = "DELETE FROM account_connections WHERE id = $1 AND user_id = $2";

    /// <summary>Uses it up; false when another request already did.</summary>
    public static async Task<bool> UseAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        await transaction.Command(UseSql, id, userId).RunAsync(cancellationToken) > 0;
}
