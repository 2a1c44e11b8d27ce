using System.Security.Cryptography;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Security;

namespace Switchboard.Core.Providers.OAuth;

/// <summary>An authorization that was begun and may still be ended.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">The user that began it.</param>
/// <param name="Provider">At which provider.</param>
/// <param name="CodeVerifier">The verifier of PKCE, encrypted.</param>
/// <param name="RedirectUri">As it is sent: the exchange of the code must name the same.</param>
/// <param name="Account">The account that was meant, if that was said.</param>
/// <param name="Details">Data kept with it by the code that began it, as JSON: of a mailbox, what is to be tracked.</param>
/// <param name="ExpiresAt">Until when it may be ended.</param>
/// <param name="BrowserHash">Of the cookie of the browser in which it was confirmed; null before.</param>
/// <param name="UserName">The name of that user.</param>
/// <param name="UserEmail">The address of that user.</param>
public sealed record PendingConnection(
    Guid Id,
    Guid UserId,
    string Provider,
    byte[] CodeVerifier,
    string RedirectUri,
    string? Account,
    string? Details,
    DateTimeOffset ExpiresAt,
    byte[]? BrowserHash = null,
    string UserName = "",
    string UserEmail = "")
{
    /// <summary>Whether the browser with this cookie is the one in which it was confirmed.</summary>
    public bool IsConfirmedBy(string? browser) =>
        BrowserHash is not null && Pkce.Hash(browser) is { } hash && CryptographicOperations.FixedTimeEquals(BrowserHash, hash);
}

/// <summary>
/// Connects accounts of any provider, in <c>account_connections</c>: begin, confirm, exchange, use.
/// <para>A person who is sent the address of a provider's page could be tricked into giving their account to another installation. So
/// the address that is handed out is one of ours, which says who asks; what is confirmed there is bound to that browser; and only that
/// browser ends it. Until the transaction that connects the account uses it up it stays good, so after an outage the same address can be
/// opened again.</para>
/// </summary>
public sealed class OAuthConnections(NpgsqlDataSource dataSource, OAuthClient client, SecretProtector secrets, TimeProvider timeProvider)
{
    /// <summary>For how long an authorization may be ended.</summary>
    public static TimeSpan Life { get; } = TimeSpan.FromMinutes(10);

    private const string VerifierPurpose = "oauth-code-verifier";

    private const string InsertSql =
        """
        INSERT INTO account_connections
            (id, user_id, provider, state_hash, code_verifier, redirect_uri, address, tracking, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::text, $8::jsonb, $9, $10)
        """;

    /// <summary>Begins one, within the caller's transaction.</summary>
    /// <returns>What was begun, and its state: returned to the caller alone, and stored nowhere.</returns>
    public async Task<(PendingConnection Pending, string State)> BeginAsync(
        NpgsqlTransaction transaction,
        Guid userId,
        OAuthProvider provider,
        string redirectUri,
        string? account,
        string? details,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(provider);
        var now = timeProvider.GetUtcNow();
        var state = Pkce.RandomToken();
        var pending = new PendingConnection(
            Guid.CreateVersion7(now), userId, provider.Name, secrets.Protect(Pkce.RandomToken(), VerifierPurpose), redirectUri, account,
            details, now + Life);
        await transaction.Command(
            InsertSql, pending.Id, userId, pending.Provider, Pkce.Hash(state), pending.CodeVerifier, redirectUri, account, details, now,
            pending.ExpiresAt).RunAsync(cancellationToken);
        return (pending, state);
    }

    // The one statement that names no user: it is asked by a browser that has no key, and says whose it is.
    private const string FindSql =
        """
        SELECT c.id, c.user_id, c.provider, c.code_verifier, c.redirect_uri, c.address, c.tracking::text, c.expires_at, c.browser_hash,
               u.name, u.email
        FROM account_connections c JOIN users u ON u.id = c.user_id
        WHERE c.state_hash = $1 AND c.expires_at > $2
        """;

    /// <summary>The one of that state; null when there is none (any more).</summary>
    public async Task<PendingConnection?> FindAsync(string? state, CancellationToken cancellationToken) =>
        Pkce.Hash(state) is { } hash
            ? await dataSource.Command(FindSql, hash, timeProvider.GetUtcNow()).FirstAsync(
                row => new PendingConnection(
                    row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetString(4), row.Text(5),
                    row.Text(6), row.GetFieldValue<DateTimeOffset>(7), row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8),
                    row.GetString(9), row.GetString(10)),
                cancellationToken)
            : null;

    private const string ConfirmSql = "UPDATE account_connections SET browser_hash = $3 WHERE id = $1 AND user_id = $2";

    /// <summary>Binds it to the browser in which it was confirmed; answers where that goes on.</summary>
    /// <param name="pending">What was begun.</param>
    /// <param name="provider">Its provider.</param>
    /// <param name="state">Its state.</param>
    /// <param name="browser">The cookie of the browser, of <see cref="Pkce.RandomToken"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when it cannot be ended any more.</returns>
    public async Task<Uri?> ConfirmAsync(
        PendingConnection pending, OAuthProvider provider, string state, string browser, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pending);
        ArgumentNullException.ThrowIfNull(provider);
        if (VerifierOf(pending) is not { } verifier)
            return null;
        var confirmed = await dataSource.Command(ConfirmSql, pending.Id, pending.UserId, Pkce.Hash(browser)).RunAsync(cancellationToken);
        return confirmed > 0 ? provider.Authorization(pending.RedirectUri, state, verifier, pending.Account) : null;
    }

    /// <summary>Exchanges the code with which the account holder came back.</summary>
    /// <returns>Null when it cannot be ended any more.</returns>
    /// <exception cref="ProviderException">The authority gave nothing for it.</exception>
    public async Task<OAuthGrant?> ExchangeAsync(
        PendingConnection pending, OAuthProvider provider, string code, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pending);
        return VerifierOf(pending) is { } verifier
            ? await client.ExchangeAsync(provider, code, verifier, pending.RedirectUri, cancellationToken)
            : null;
    }

    private const string UseSql = "DELETE FROM account_connections WHERE id = $1 AND user_id = $2";

    /// <summary>Uses it up, in the transaction that connects the account; false when another request already did.</summary>
    public static async Task<bool> UseAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        await transaction.Command(UseSql, id, userId).RunAsync(cancellationToken) > 0;

    private string? VerifierOf(PendingConnection pending)
    {
        try
        {
            return secrets.Unprotect(pending.CodeVerifier, VerifierPurpose);
        }
        catch (CryptographicException)
        {
            return null; // its key was removed from the configuration meanwhile
        }
    }
}
