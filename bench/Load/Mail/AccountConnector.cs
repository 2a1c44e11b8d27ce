using System.Net.Http.Headers;
using System.Net.Http.Json;
using Switchboard.Load.Api;

namespace Switchboard.Load.Mail;

/// <summary>
/// Connects mailboxes of Microsoft 365 as a person does with a browser: asks the product where to go, consents there, and comes back to the
/// product with a code.
/// </summary>
internal sealed class AccountConnector(ApiClient edge) : IDisposable
{
    private const int MostRedirects = 5;
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null, AllowAutoRedirect = false });

    /// <summary>Connects a mailbox of a user.</summary>
    /// <exception cref="LoadException">The way to the account ended somewhere else.</exception>
    public async Task<MailAccount> ConnectAsync(LoadUser user, string address, CancellationToken cancellation)
    {
        var begun = await edge.PostAsync(
            "/api/accounts/email", user.Key, new NewAccount("microsoft", address), MailJson.Default.NewAccount, MailJson.Default.BegunAccount, cancellation);
        var account = await ConsentAsync(begun.AuthorizationUrl, cancellation);
        return account.Address.Equals(address, StringComparison.OrdinalIgnoreCase)
            ? account
            : throw new LoadException($"{address} was to be connected, but {account.Address} was: does {begun.AuthorizationUrl} name it by login_hint?");
    }

    public void Dispose() => _browser.Dispose();

    private async Task<MailAccount> ConsentAsync(Uri authorization, CancellationToken cancellation)
    {
        var next = authorization;
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var answer = await OpenAsync(next, cancellation);
            if (answer.Headers.Location is { } location)
            {
                next = new Uri(next, location);
                continue;
            }

            // neither the page of the authority nor that of an error is JSON of an account
            if (redirects == 0 || !answer.IsSuccessStatusCode || answer.Content.Headers.ContentType?.MediaType != "application/json")
            {
                throw new LoadException($"Connecting an account ended at {next} with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
            }

            return (await answer.Content.ReadFromJsonAsync(MailJson.Default.MailAccount, cancellation))!;
        }

        throw new LoadException($"Connecting an account leads from one address to the next, the last one {next}.");
    }

    private async Task<HttpResponseMessage> OpenAsync(Uri address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            return await _browser.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new LoadException($"Connecting an account leads to {address}, where nothing answers ({e.Message}).", e);
        }
    }
}
