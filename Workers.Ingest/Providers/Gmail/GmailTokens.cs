using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Core.Security;
using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// The access tokens of mailboxes, had for their refresh tokens (RFC 6749, 6) and kept, encrypted, a little shorter than the hour
/// for which Google gives them.
/// </summary>
internal sealed class GmailTokens(
    HttpClient http, HybridCache cache, SecretProtector secrets, IOptions<GmailOptions> options, TimeProvider timeProvider)
{
    private readonly ProviderCalls _authority = GmailErrors.Calls(http, options.Value, timeProvider);

    /// <summary>The namespace in the cache: keys <c>gmail-token:{mailbox}</c>.</summary>
    public const string Namespace = "gmail-token";

    /// <summary>For what refresh tokens are encrypted in <c>mailboxes</c>.</summary>
    public const string RefreshTokenPurpose = "gmail-refresh-token";

    /// <summary>An access token, mostly from the cache.</summary>
    /// <exception cref="ProviderException">There is none to be had.</exception>
    public ValueTask<string> GetAsync(Mailbox mailbox, CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync(
            Key(mailbox), token => new ValueTask<string>(RequestAsync(mailbox, token)), cancellationToken: cancellationToken);

    /// <summary>Another token than one that Gmail did not take; when somebody else has got a new one by now, that.</summary>
    /// <exception cref="ProviderException">There is none to be had.</exception>
    public async Task<string> RenewAsync(Mailbox mailbox, string refused, CancellationToken cancellationToken)
    {
        var current = await GetAsync(mailbox, cancellationToken);
        if (current != refused)
            return current;
        await cache.RemoveAsync(Key(mailbox), cancellationToken);
        return await GetAsync(mailbox, cancellationToken);
    }

    private async Task<string> RequestAsync(Mailbox mailbox, CancellationToken cancellationToken)
    {
        var refreshToken = Decrypt(mailbox);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Value.TokenUrl)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "refresh_token"),
                new("refresh_token", refreshToken),
                new("client_id", options.Value.ClientId),
                new("client_secret", options.Value.ClientSecret),
            ]),
        };
        try
        {
            return (await _authority.SendAsync(request, GmailJson.Default.GmailToken, cancellationToken)).AccessToken;
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked)
        {
            throw new ProviderException(reason.Failure with { Grant = mailbox.RefreshToken });
        }
    }

    private string Decrypt(Mailbox mailbox)
    {
        try
        {
            return secrets.Unprotect(mailbox.RefreshToken, RefreshTokenPurpose);
        }
        catch (CryptographicException reason)
        {
            throw new ProviderException(FailureKind.Permanent, $"The refresh token cannot be read: {reason.Message}", reason);
        }
    }

    private static string Key(Mailbox mailbox) => $"{Namespace}:{mailbox.Id}";
}
