using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Asks Graph to tell of the mails that are added to a mailbox.</summary>
internal sealed class GraphSubscriptions(HttpClient http, GraphTokens tokens, IOptions<GraphOptions> options, TimeProvider timeProvider)
{
    // between our clock and Graph's
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    /// <summary>Whether there is an address to be told at; without one mailboxes are only polled.</summary>
    public bool IsConfigured => options.Value.PublicBaseUrl is not null;

    /// <summary>Begins one; Graph asks our address for its consent meanwhile.</summary>
    /// <exception cref="GraphException">Graph did not do it.</exception>
    public Task<GraphSubscription> CreateAsync(Guid account, CancellationToken cancellationToken)
    {
        var address = $"{options.Value.PublicBaseUrl!.ToString().TrimEnd('/')}/api/webhooks/graph";
        var wanted = new GraphSubscriptionRequest("created", address, address, "me/messages", options.Value.ClientState, End());
        return SendAsync(
            account, HttpMethod.Post, "/subscriptions", () => JsonContent.Create(wanted, GraphJson.Default.GraphSubscriptionRequest), cancellationToken);
    }

    /// <summary>Has one go on; <see cref="GraphFailure.NotFound"/> means that there is none of that id.</summary>
    /// <exception cref="GraphException">Graph did not do it.</exception>
    public Task<GraphSubscription> RenewAsync(Guid account, string id, CancellationToken cancellationToken) => SendAsync(
        account,
        HttpMethod.Patch,
        $"/subscriptions/{Uri.EscapeDataString(id)}",
        () => JsonContent.Create(new GraphRenewal(End()), GraphJson.Default.GraphRenewal),
        cancellationToken);

    /// <summary>Says that we still may see what it tells of.</summary>
    /// <exception cref="GraphException">Graph did not do it.</exception>
    public Task ReauthorizeAsync(Guid account, string id, CancellationToken cancellationToken) =>
        SendAsync(account, HttpMethod.Post, $"/subscriptions/{Uri.EscapeDataString(id)}/reauthorize", cancellationToken);

    private DateTimeOffset End() => timeProvider.GetUtcNow().AddMinutes(options.Value.SubscriptionMinutes) - Margin;

    private Task<GraphSubscription> SendAsync(
        Guid account, HttpMethod method, string path, Func<HttpContent> content, CancellationToken cancellationToken) => tokens.UseAsync(
        account,
        async token =>
        {
            using var request = Request(method, path, token);
            request.Content = content();
            return await GraphHttp.SendAsync(http, request, GraphJson.Default.GraphSubscription, timeProvider, cancellationToken);
        },
        cancellationToken);

    private Task<bool> SendAsync(Guid account, HttpMethod method, string path, CancellationToken cancellationToken) => tokens.UseAsync(
        account,
        async token =>
        {
            using var request = Request(method, path, token);
            await GraphHttp.SendAsync(http, request, timeProvider, cancellationToken);
            return true;
        },
        cancellationToken);

    private HttpRequestMessage Request(HttpMethod method, string path, string token)
    {
        var request = new HttpRequestMessage(method, GraphPaths.Absolute(options.Value, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }
}
