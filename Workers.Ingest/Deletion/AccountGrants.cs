using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;
using Switchboard.Core.Security;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Gmail;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>
/// Ends what providers have of an account: at Microsoft the subscription, at Google the watch (<c>users.stop</c>) and then the grant, which
/// every other call needs. Microsoft revokes no single grant; its token is deleted here, and is nowhere else.
/// </summary>
internal sealed class AccountGrants(
    HttpClient http, SecretProtector secrets, IOptions<GmailOptions> gmail, IOptions<GraphOptions> graph)
{
    // gone, or never there: nothing is left to end
    private static readonly HttpStatusCode[] Gone = [HttpStatusCode.NotFound, HttpStatusCode.Gone];

    // RFC 6749, 5.2 and RFC 7009, 2.2: the grant is not good any more
    private static readonly string[] Revoked = ["invalid_grant", "interaction_required", "consent_required", "invalid_token"];

    /// <summary>Ends all that is left.</summary>
    /// <returns>Null when nothing is; else why something is, so that it is tried again.</returns>
    public async Task<string?> EndAsync(AccountEnding account, CancellationToken cancellationToken)
    {
        try
        {
            if (account.Provider == MailAccount.Microsoft)
                return account.SubscriptionId is { } id ? await UnsubscribeAsync(account, id, cancellationToken) : null;
            return account.IsConnectedAgain ? null : await StopAndRevokeAsync(account, cancellationToken);
        }
        catch (CryptographicException)
        {
            return null; // its key was removed from the configuration: nobody can end anything by this token
        }
        catch (JsonException reason)
        {
            return $"The answer is not what it should be: {reason.Message}";
        }
        catch (Exception reason) when (reason is HttpRequestException or ExecutionRejectedException or IOException
            || (reason is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"The provider was not reached: {reason.Message}";
        }
    }

    private async Task<string?> UnsubscribeAsync(AccountEnding account, string subscription, CancellationToken cancellationToken)
    {
        var options = graph.Value;
        var (token, error) = await AccessAsync(
            new Uri($"{Base(options.Authority)}/oauth2/v2.0/token"), options.ClientId, options.ClientSecret,
            secrets.Unprotect(account.RefreshToken, GraphTokens.RefreshTokenPurpose), cancellationToken);
        return token is null
            ? error
            : await SendAsync(
                HttpMethod.Delete, new Uri($"{Base(options.ApiBaseUrl)}/v1.0/subscriptions/{Uri.EscapeDataString(subscription)}"), token,
                null, cancellationToken);
    }

    private async Task<string?> StopAndRevokeAsync(AccountEnding account, CancellationToken cancellationToken)
    {
        var options = gmail.Value;
        var refreshToken = secrets.Unprotect(account.RefreshToken, GmailTokens.RefreshTokenPurpose);
        var (token, error) = await AccessAsync(options.TokenUrl, options.ClientId, options.ClientSecret, refreshToken, cancellationToken);
        if (token is null)
            return error;
        var stop = new Uri($"{Base(options.ApiBaseUrl)}/gmail/v1/users/{Uri.EscapeDataString(account.Address)}/stop");
        return await SendAsync(HttpMethod.Post, stop, token, null, cancellationToken)
            // beside the token endpoint, at Google and in the simulator (Google: revoking a token)
            ?? await SendAsync(
                HttpMethod.Post, new Uri(options.TokenUrl, "revoke"), null, new FormUrlEncodedContent([new("token", refreshToken)]),
                cancellationToken);
    }

    // Neither a token nor an error: the grant is not good any more, so it has ended, and with it all that stood on it.
    private async Task<(string? Token, string? Error)> AccessAsync(
        Uri address, string clientId, string clientSecret, string refreshToken, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form =
            [new("grant_type", "refresh_token"), new("refresh_token", refreshToken), new("client_id", clientId)];
        if (clientSecret.Length > 0)
            form.Add(new("client_secret", clientSecret));
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        using var response = await http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            return (null, ErrorOf(response, body));
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("access_token", out var token) && token.GetString() is { Length: > 0 } access
            ? (access, null)
            : throw new JsonException("There is no access_token.");
    }

    private async Task<string?> SendAsync(
        HttpMethod method, Uri address, string? token, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode ? null : ErrorOf(response, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    // null: there is nothing left to end
    private static string? ErrorOf(HttpResponseMessage response, string body) =>
        Gone.Contains(response.StatusCode)
        || (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized
            && Revoked.Any(code => body.Contains($"\"{code}\"", StringComparison.Ordinal)))
            ? null
            : string.Create(
                CultureInfo.InvariantCulture, $"{response.RequestMessage!.RequestUri!.Host} answered {(int)response.StatusCode}.");

    private static string Base(Uri address) => address.ToString().TrimEnd('/');
}
