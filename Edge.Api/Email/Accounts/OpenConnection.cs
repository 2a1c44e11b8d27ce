using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>An authorization that was begun and may still be ended.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Who began it.</param>
/// <param name="CodeVerifier">Encrypted.</param>
/// <param name="RedirectUri">As it was sent.</param>
/// <param name="Address">The mailbox that was meant, if that was said.</param>
/// <param name="Tracking">What is to be tracked, if that was said.</param>
internal sealed record OpenConnection(Guid Id, Guid UserId, byte[] CodeVerifier, string RedirectUri, string? Address, string? Tracking)
{
    /// <summary>What verifiers are encrypted for.</summary>
    public const string VerifierPurpose = "graph-code-verifier";

    private const string Sql =
        """
        SELECT id, user_id, code_verifier, redirect_uri, address, tracking
        FROM account_connections
        WHERE state_hash = $1 AND expires_at > $2
        """;

    /// <summary>The one of that state; null when there is none any more.</summary>
    public static Task<OpenConnection?> FindAsync(
        NpgsqlDataSource database, byte[] stateHash, DateTimeOffset now, CancellationToken cancellation) =>
        database.Command(Sql, stateHash, now).FirstAsync(
            row => new OpenConnection(
                row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<byte[]>(2), row.GetString(3), row.Text(4), row.Text(5)),
            cancellation);
}
