using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Providers.OAuth;

/// <summary>The refresh tokens of accounts, encrypted as they are stored. Apart from its database for the tests of what uses it.</summary>
public interface IGrantStore
{
    /// <summary>
    /// Uses an account's refresh token; only one at a time does, over all processes, so that one that is good for a single use is
    /// never used twice.
    /// </summary>
    /// <param name="account">Whose.</param>
    /// <param name="use">Uses it, and says which is to be kept in its place; null for the same.</param>
    /// <param name="cancellationToken">Ends the wait for the token, and nothing after it.</param>
    /// <exception cref="ProviderException">There is no such account, or others use it for too long.</exception>
    Task UseAsync(Guid account, Func<byte[], Task<byte[]?>> use, CancellationToken cancellationToken);
}

/// <summary>
/// The refresh tokens of a table of accounts: <c>id</c>, <c>refresh_token</c>, <c>grant_claim</c>, <c>grant_claimed_until</c>. Who uses one
/// claims its row for a time; neither a connection nor a transaction is held while the provider and the cache are asked. A claim whose
/// process died ends by itself.
/// </summary>
/// <param name="table">The table; no input of anybody.</param>
/// <param name="dataSource">Its database.</param>
/// <param name="timeProvider">The clock of the waits.</param>
public sealed class GrantStore(string table, NpgsqlDataSource dataSource, TimeProvider timeProvider) : IGrantStore
{
    // far longer than an exchange takes, which ends by its own timeouts
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookAgainAtMost = TimeSpan.FromMilliseconds(500);
    private const int AttemptsToKeep = 5;

    /// <inheritdoc/>
    public async Task UseAsync(Guid account, Func<byte[], Task<byte[]?>> use, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(use);
        var claim = Guid.CreateVersion7(timeProvider.GetUtcNow());
        var token = await ClaimAsync(account, claim, cancellationToken);
        byte[]? kept = null;
        try
        {
            kept = await use(token);
        }
        finally
        {
            // not to be cancelled: the token that came may be the only good one from now on
            await SettleAsync(account, claim, token, kept);
        }
    }

    private async Task<byte[]> ClaimAsync(Guid account, Guid claim, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        for (var wait = LookAgain; ; wait = wait * 2 < LookAgainAtMost ? wait * 2 : LookAgainAtMost)
        {
            if (await TryClaimAsync(account, claim, cancellationToken) is { } token)
                return token;
            if (timeProvider.GetElapsedTime(begun) >= LongestWait)
                throw new ProviderException(new(
                    FailureKind.Throttled, "Another process is getting a token for the account.", RetryAfter: LookAgainAtMost));
            await Task.Delay(wait, timeProvider, cancellationToken);
        }
    }

    // null when another holds it
    private async Task<byte[]?> TryClaimAsync(Guid account, Guid claim, CancellationToken cancellationToken)
    {
        var claimed = await dataSource.Command(
            $"""
            UPDATE {table} SET grant_claim = $2, grant_claimed_until = clock_timestamp() + $3
            WHERE id = $1 AND (grant_claimed_until IS NULL OR grant_claimed_until < clock_timestamp())
            RETURNING refresh_token
            """,
            account, claim, Lease).FirstAsync(row => row.GetFieldValue<byte[]>(0), cancellationToken);
        if (claimed is not null)
            return claimed;
        return await dataSource.Command($"SELECT EXISTS (SELECT FROM {table} WHERE id = $1)", account).ScalarAsync<bool>(cancellationToken)
            ? null
            : throw new ProviderException(FailureKind.Permanent, "The account is not there any more.");
    }

    // not over the grant of an account that was connected again meanwhile
    private async Task SettleAsync(Guid account, Guid claim, byte[] used, byte[]? kept)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await dataSource.Command(
                    $"""
                    UPDATE {table} SET
                        refresh_token = CASE WHEN refresh_token = $3 THEN coalesce($4::bytea, refresh_token) ELSE refresh_token END,
                        grant_claim = CASE WHEN grant_claim = $2 THEN NULL ELSE grant_claim END,
                        grant_claimed_until = CASE WHEN grant_claim = $2 THEN NULL ELSE grant_claimed_until END
                    WHERE id = $1
                    """,
                    account, claim, used, kept).RunAsync(CancellationToken.None);
                return;
            }
            catch (NpgsqlException) when (kept is not null && attempt < AttemptsToKeep)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), timeProvider, CancellationToken.None);
            }
        }
    }
}
