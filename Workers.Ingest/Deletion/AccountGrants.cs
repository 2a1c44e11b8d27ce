using System.Net.Http.Headers;
using System.Security.Cryptography;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Security;
using Switchboard.Workers.Ingest.Providers.Gmail;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>
/// Ends what providers have of an account: at Microsoft the subscription, at Google the watch (<c>users.stop</c>) and then the grant, which
/// every other call needs. Microsoft revokes no single grant; its token is deleted here, and is nowhere else.
/// </summary>
internal sealed class AccountGrants(
    OAuthClient client,
    SecretProtector secrets,
    [FromKeyedServices(MailProviders.Gmail)] OAuthProvider google,
    [FromKeyedServices(MailProviders.Microsoft)] OAuthProvider microsoft,
    IOptions<GmailOptions> gmail,
    IOptions<GraphOptions> graph)
{
    /// <summary>Ends all that is left.</summary>
    /// <returns>Null when nothing is; else why something is, so that it is tried again.</returns>
    public async Task<string?> EndAsync(AccountEnding account, CancellationToken cancellationToken)
    {
        try
        {
            if (account.Provider != MailProviders.Microsoft && !account.IsConnectedAgain)
                await StopAndRevokeAsync(account, cancellationToken);
            else if (account.SubscriptionId is { } subscription)
                await UnsubscribeAsync(account, subscription, cancellationToken);
            return null;
        }
        catch (CryptographicException)
        {
            return null; // its key was removed from the configuration: nobody can end anything by this token
        }
        catch (ProviderException reason)
        {
            // a grant that is not good any more has ended, and with it all that stood on it
            return reason.Kind == FailureKind.GrantRevoked ? null : reason.Failure.Error;
        }
    }

    private async Task UnsubscribeAsync(AccountEnding account, string subscription, CancellationToken cancellationToken)
    {
        var grant = await client.RefreshAsync(microsoft, RefreshToken(account, microsoft), cancellationToken);
        await CallAsync(
            microsoft, HttpMethod.Delete, GraphPaths.Absolute(graph.Value, $"/subscriptions/{Uri.EscapeDataString(subscription)}"),
            grant.AccessToken, null, cancellationToken);
    }

    private async Task StopAndRevokeAsync(AccountEnding account, CancellationToken cancellationToken)
    {
        var refreshToken = RefreshToken(account, google);
        var grant = await client.RefreshAsync(google, refreshToken, cancellationToken);
        var stop = $"{gmail.Value.ApiBaseUrl.ToString().TrimEnd('/')}/gmail/v1/users/{Uri.EscapeDataString(account.Address)}/stop";
        await CallAsync(google, HttpMethod.Post, new(stop), grant.AccessToken, null, cancellationToken);
        // beside the token endpoint, at Google and in the simulator (Google: revoking a token)
        await CallAsync(
            google, HttpMethod.Post, new(google.TokenUrl, "revoke"), null, new FormUrlEncodedContent([new("token", refreshToken)]),
            cancellationToken);
    }

    // what is gone, or was never there, is ended
    private async Task CallAsync(
        OAuthProvider provider, HttpMethod method, Uri address, string? token, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            await client.SendAsync(provider, request, cancellationToken);
        }
        catch (ProviderException reason) when (
            reason.Kind is FailureKind.GrantRevoked or FailureKind.NotFound || reason.Failure is { HttpStatus: 404 or 410 } or { Code: "invalid_token" })
        {
        }
    }

    private string RefreshToken(AccountEnding account, OAuthProvider provider) =>
        secrets.Unprotect(account.RefreshToken, SecretColumn.RefreshToken(provider.RefreshTokenPurpose), account.AccountId);
}
