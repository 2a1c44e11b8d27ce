using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Providers;
using Switchboard.Core.Security;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>
/// The access tokens of accounts, had for their refresh tokens (RFC 6749, 6) and kept encrypted. One is renewed before it ends; if that
/// does not succeed, it is used to its end. A refresh token that comes with it takes the place of the one before.
/// </summary>
internal sealed class GraphTokens(
    HttpClient http,
    HybridCache cache,
    IGraphGrants grants,
    SecretProtector secrets,
    IOptions<GraphOptions> options,
    TimeProvider timeProvider)
{
    private readonly ProviderCalls _authority = GraphErrors.Calls(http, options.Value, timeProvider);

    /// <summary>The namespace in the cache: keys <c>graph-token:{account}</c>.</summary>
    public const string Namespace = "graph-token";

    /// <summary>For what refresh tokens are encrypted in <c>mailboxes</c>.</summary>
    public const string RefreshTokenPurpose = "graph-refresh-token";

    private static readonly HybridCacheEntryOptions OnlyRead = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    /// <summary>Does something with an access token; if it is not taken, once more with another one.</summary>
    /// <exception cref="ProviderException">There is none to be had, or what was done failed.</exception>
    public async Task<T> UseAsync<T>(Guid account, Func<string, Task<T>> use, CancellationToken cancellationToken)
    {
        var token = await GetAsync(account, cancellationToken);
        try
        {
            return await use(token);
        }
        catch (ProviderException refused) when (refused.Kind == FailureKind.Unauthorised)
        {
            return await use(await RenewAsync(account, token, cancellationToken));
        }
    }

    /// <summary>An access token, mostly from the cache.</summary>
    /// <exception cref="ProviderException">There is none to be had.</exception>
    public async Task<string> GetAsync(Guid account, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(account, cancellationToken);
        if (known is not null && timeProvider.GetUtcNow() < known.RenewAt)
            return known.Token;
        try
        {
            return (await RequestAsync(account, other => timeProvider.GetUtcNow() < other.RenewAt, cancellationToken)).Token;
        }
        catch (ProviderException reason) when (
            (reason.Failure.IsOutage || reason.Kind == FailureKind.Throttled) && timeProvider.GetUtcNow() < known?.EndsAt)
        {
            return known.Token;
        }
    }

    /// <summary>Another token than one that Graph did not take; when somebody else has got a new one by now, that.</summary>
    private async Task<string> RenewAsync(Guid account, string refused, CancellationToken cancellationToken) =>
        (await RequestAsync(account, other => other.Token != refused, cancellationToken)).Token;

    private async Task<GraphAccess> RequestAsync(Guid account, Func<GraphAccess, bool> isGood, CancellationToken cancellationToken)
    {
        GraphAccess? access = null;
        await grants.UseAsync(
            account,
            async grant =>
            {
                // who waited finds what the one before got
                access = await KnownAsync(account, cancellationToken);
                if (access is not null && isGood(access))
                    return null;
                var token = await ExchangeAsync(grant);
                access = Access(token);
                await cache.SetAsync(Key(account), access, new() { Expiration = access.EndsAt - timeProvider.GetUtcNow() }, cancellationToken: CancellationToken.None);
                return token.RefreshToken is null ? null : secrets.Protect(token.RefreshToken, RefreshTokenPurpose);
            },
            cancellationToken);
        return access!;
    }

    // not to be cancelled: the refresh token that it answers with may be the only good one from then on
    private async Task<GraphToken> ExchangeAsync(byte[] grant)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "refresh_token"),
            new("refresh_token", Decrypt(grant)),
            new("client_id", options.Value.ClientId),
        ];
        if (options.Value.ClientSecret.Length > 0)
            form.Add(new("client_secret", options.Value.ClientSecret));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{options.Value.Authority.ToString().TrimEnd('/')}/oauth2/v2.0/token")
        {
            Content = new FormUrlEncodedContent(form),
        };
        try
        {
            return await _authority.SendAsync(request, GraphJson.Default.GraphToken, CancellationToken.None);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked)
        {
            throw new ProviderException(reason.Failure with { Grant = grant });
        }
    }

    private GraphAccess Access(GraphToken token)
    {
        var (now, life) = (timeProvider.GetUtcNow(), TimeSpan.FromSeconds(Math.Max(1, token.ExpiresIn)));
        var early = TimeSpan.FromSeconds(options.Value.TokenEarlySeconds);
        return new(token.AccessToken, now + (life - early > life / 2 ? life - early : life / 2), now + life);
    }

    private ValueTask<GraphAccess?> KnownAsync(Guid account, CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync(
            Key(account), static _ => new ValueTask<GraphAccess?>((GraphAccess?)null), OnlyRead, cancellationToken: cancellationToken);

    private string Decrypt(byte[] grant)
    {
        try
        {
            return secrets.Unprotect(grant, RefreshTokenPurpose);
        }
        catch (CryptographicException reason)
        {
            throw new ProviderException(FailureKind.Permanent, $"The refresh token cannot be read: {reason.Message}", reason);
        }
    }

    private static string Key(Guid account) => $"{Namespace}:{account}";
}

/// <summary>An access token as it is kept.</summary>
/// <param name="Token">The token.</param>
/// <param name="RenewAt">From when on another one is asked for.</param>
/// <param name="EndsAt">Until when it is taken.</param>
internal sealed record GraphAccess(string Token, DateTimeOffset RenewAt, DateTimeOffset EndsAt);

/// <summary>The refresh tokens of accounts, encrypted as they are stored. Apart from its database for the tests of what uses it.</summary>
internal interface IGraphGrants
{
    /// <summary>
    /// Uses an account's refresh token; only one at a time does, over all processes, so that one that is good for a single use is
    /// never used twice.
    /// </summary>
    /// <param name="account">Whose.</param>
    /// <param name="use">Uses it, and says which is to be kept in its place; null for the same.</param>
    /// <param name="cancellationToken">Ends the wait for the token, and nothing after it.</param>
    /// <exception cref="ProviderException">There is no such account.</exception>
    Task UseAsync(Guid account, Func<byte[], Task<byte[]?>> use, CancellationToken cancellationToken);
}

/// <summary>
/// The refresh tokens in <c>mailboxes</c>. Who uses one claims its row for a time; neither a connection nor a transaction is held while the
/// provider and the cache are asked. A claim whose process died ends by itself.
/// </summary>
internal sealed class GraphGrants(NpgsqlDataSource dataSource, TimeProvider timeProvider) : IGraphGrants
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
                throw new ProviderException(new ProviderFailure(
                    FailureKind.Throttled, "Another process is getting a token for the account.", RetryAfter: LookAgainAtMost));
            await Task.Delay(wait, timeProvider, cancellationToken);
        }
    }

    private const string ClaimSql =
        """
        UPDATE mailboxes SET grant_claim = $2, grant_claimed_until = clock_timestamp() + $3
        WHERE id = $1 AND (grant_claimed_until IS NULL OR grant_claimed_until < clock_timestamp())
        RETURNING refresh_token
        """;

    // null when another holds it
    private async Task<byte[]?> TryClaimAsync(Guid account, Guid claim, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(ClaimSql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = account },
                new NpgsqlParameter<Guid> { TypedValue = claim },
                new NpgsqlParameter<TimeSpan> { TypedValue = Lease },
            },
        });
        batch.BatchCommands.Add(
            new("SELECT 1 FROM mailboxes WHERE id = $1") { Parameters = { new NpgsqlParameter<Guid> { TypedValue = account } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
            return reader.GetFieldValue<byte[]>(0);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? null
            : throw new ProviderException(FailureKind.Permanent, "The account is not there any more.");
    }

    // not over the grant of a user who has connected it again meanwhile
    private const string KeepSql = "UPDATE mailboxes SET refresh_token = $3 WHERE id = $1 AND refresh_token = $2";

    private const string ReleaseSql = "UPDATE mailboxes SET grant_claim = NULL, grant_claimed_until = NULL WHERE id = $1 AND grant_claim = $2";

    private async Task SettleAsync(Guid account, Guid claim, byte[] used, byte[]? kept)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var batch = dataSource.CreateBatch();
                if (kept is not null)
                {
                    batch.BatchCommands.Add(new(KeepSql)
                    {
                        Parameters =
                        {
                            new NpgsqlParameter<Guid> { TypedValue = account },
                            new NpgsqlParameter<byte[]> { TypedValue = used },
                            new NpgsqlParameter<byte[]> { TypedValue = kept },
                        },
                    });
                }

                batch.BatchCommands.Add(new(ReleaseSql)
                {
                    Parameters = { new NpgsqlParameter<Guid> { TypedValue = account }, new NpgsqlParameter<Guid> { TypedValue = claim } },
                });
                await batch.ExecuteNonQueryAsync(CancellationToken.None);
                return;
            }
            catch (NpgsqlException) when (kept is not null && attempt < AttemptsToKeep)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), timeProvider, CancellationToken.None);
            }
        }
    }
}
