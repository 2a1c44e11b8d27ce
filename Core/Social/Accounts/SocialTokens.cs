using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Security;

namespace Switchboard.Core.Social.Accounts;

/// <summary>Codes of failures that the platforms' clients and what uses them agree on.</summary>
public static class SocialFailures
{
    /// <summary>The account's proxy lets nothing through: the request was never sent.</summary>
    public const string ProxyDown = "proxy-down";
}

/// <summary>What opens an account, as it is kept, encrypted, in <c>social_accounts.refresh_token</c>.</summary>
/// <param name="AccessToken">The access token.</param>
/// <param name="RefreshToken">What another is had for, where that is not the access token itself; null for none.</param>
/// <param name="RenewAt">From when on another is asked for; null: never, it does not end or there is none to be had.</param>
/// <param name="EndsAt">Until when it is taken; null: it does not end.</param>
public sealed record SocialGrant(
    string AccessToken, string? RefreshToken = null, DateTimeOffset? RenewAt = null, DateTimeOffset? EndsAt = null)
{
    // of one that is good for weeks half of its time is left for whatever may be in the way of the next
    private static readonly TimeSpan LongLived = TimeSpan.FromDays(1);
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(10);

    /// <summary>Of what an authority gave.</summary>
    /// <param name="grant">What it gave; a refresh token that it does not name stays the one before.</param>
    /// <param name="refreshToken">The refresh token before; null for none.</param>
    /// <param name="now">When.</param>
    /// <param name="renews">Whether another can be had for it.</param>
    public static SocialGrant Of(OAuthGrant grant, string? refreshToken, DateTimeOffset now, bool renews)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var life = grant.ExpiresIn is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 10 * 365 * 86_400d)) : (TimeSpan?)null;
        var renewAfter = life > LongLived || life / 2 > life - Early ? life / 2 : life - Early;
        return new(
            grant.AccessToken, string.IsNullOrEmpty(grant.RefreshToken) ? refreshToken : grant.RefreshToken,
            renews ? now + renewAfter : null, now + life);
    }

    /// <summary>Encrypts it.</summary>
    public byte[] Protect(SecretProtector secrets, Guid accountId) =>
        secrets.Protect(JsonSerializer.Serialize(this, SocialGrantJson.Default.SocialGrant), SecretColumn.SocialGrant, accountId);

    /// <summary>Decrypts it.</summary>
    /// <exception cref="ProviderException">It cannot be read: its key is not known any more.</exception>
    public static SocialGrant Unprotect(SecretProtector secrets, byte[] stored, Guid accountId)
    {
        try
        {
            return JsonSerializer.Deserialize(
                secrets.Unprotect(stored, SecretColumn.SocialGrant, accountId), SocialGrantJson.Default.SocialGrant)!;
        }
        catch (CryptographicException reason)
        {
            throw new ProviderException(FailureKind.Permanent, $"The account's token cannot be read: {reason.Message}", reason);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SocialGrant))]
internal sealed partial class SocialGrantJson : JsonSerializerContext;

/// <summary>
/// The access tokens of accounts, kept with what renews them in one column and never cached: what is renewed is stored as a whole or not
/// at all. One is renewed early, by one process at a time; if that does not succeed, it is used to its end, and what was stored stays.
/// </summary>
public sealed class SocialTokens(
    SocialAccountStore store, SocialAuthorizations authorizations, NpgsqlDataSource dataSource, SecretProtector secrets,
    TimeProvider timeProvider)
{
    private readonly GrantStore _grants = new("social_accounts", dataSource, timeProvider);

    /// <summary>Does something with an account's access token; if it is not taken, once more with another one.</summary>
    /// <param name="account">The account.</param>
    /// <param name="use">What to do. <see cref="FailureKind.Unauthorized"/> means that the token was not taken, by the platform's own code
    /// and not by a status that a gateway may send.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">There is none to be had, or what was done failed. <see cref="FailureKind.GrantRevoked"/>: only
    /// its holder can mend it (<see cref="SocialAccountStore.RevokeAsync"/>).</exception>
    public async Task<T> UseAsync<T>(SocialAccount account, Func<string, Task<T>> use, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(use);
        var token = await GetAsync(account, cancellationToken);
        try
        {
            return await use(token);
        }
        catch (ProviderException refused) when (refused.Kind == FailureKind.Unauthorized)
        {
            var other = await RenewAsync(account, grant => grant.AccessToken != token, refused.Failure, cancellationToken);
            try
            {
                return await use(other);
            }
            catch (ProviderException again) when (again.Kind == FailureKind.Unauthorized)
            {
                throw await RevokedAsync(account, again.Failure, cancellationToken);
            }
        }
    }

    private async Task<string> GetAsync(SocialAccount account, CancellationToken cancellationToken)
    {
        var grant = await ReadAsync(account, cancellationToken);
        if (grant.RenewAt is not { } renewAt || timeProvider.GetUtcNow() < renewAt)
            return grant.AccessToken;
        try
        {
            return await RenewAsync(account, other => timeProvider.GetUtcNow() < other.RenewAt, refusal: null, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind != FailureKind.GrantRevoked && timeProvider.GetUtcNow() < grant.EndsAt)
        {
            return grant.AccessToken;
        }
    }

    // refusal: what the platform said of the present one, which ends it where no other is to be had
    private async Task<string> RenewAsync(
        SocialAccount account, Func<SocialGrant, bool> isGood, ProviderFailure? refusal, CancellationToken cancellationToken)
    {
        SocialGrant? known = null;
        var isNew = false;
        await _grants.UseAsync(
            account.Id,
            async stored =>
            {
                // a caller that waited finds what the one before got
                known = SocialGrant.Unprotect(secrets, stored, account.Id);
                if (isGood(known))
                    return null;
                try
                {
                    // not to be cancelled: what it answers with may be the only good one from then on
                    known = await authorizations.RenewAsync(account, known, refusal, CancellationToken.None);
                }
                catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked)
                {
                    throw new ProviderException(reason.Failure with { Grant = stored }, reason);
                }
                catch (ProviderException reason) when (reason.Kind is FailureKind.Unauthorized or FailureKind.Permanent)
                {
                    // a gateway's page, or an application that is not set up right: it says nothing of the account
                    throw new ProviderException(reason.Failure with { Kind = FailureKind.Transient }, reason);
                }

                isNew = true;
                return known.Protect(secrets, account.Id);
            },
            cancellationToken);
        if (isNew)
            await store.RenewedAsync(account.UserId, account.Id, known!.EndsAt, CancellationToken.None);
        return known!.AccessToken;
    }

    private async Task<SocialGrant> ReadAsync(SocialAccount account, CancellationToken cancellationToken) =>
        SocialGrant.Unprotect(secrets, await StoredAsync(account, cancellationToken), account.Id);

    private async Task<byte[]> StoredAsync(SocialAccount account, CancellationToken cancellationToken) =>
        await store.FindGrantAsync(account.UserId, account.Id, cancellationToken)
        ?? throw new ProviderException(FailureKind.Permanent, "The account is not there any more.");

    private async Task<ProviderException> RevokedAsync(
        SocialAccount account, ProviderFailure failure, CancellationToken cancellationToken) =>
        new(failure with { Kind = FailureKind.GrantRevoked, Grant = await StoredAsync(account, cancellationToken) });
}
