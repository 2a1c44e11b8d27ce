using System.Globalization;
using System.Net.Http.Headers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>
/// Reads mail through <c>$batch</c>, within the limits of the mailbox, and has Graph tell of new mail. What goes wrong with all of a batch
/// is a <see cref="ProviderException"/>, what with one of its calls is that call's answer.
/// </summary>
internal sealed class GraphClient(
    HttpClient http,
    OAuthTokens tokens,
    [FromKeyedServices(MailProviders.Microsoft)] OAuthProvider provider,
    IGraphRateLimit gate,
    IOptions<GraphOptions> options,
    TimeProvider timeProvider)
{
    /// <summary>How many calls a batch has at the most.</summary>
    public const int MostCalls = 20;

    // between our clock and Graph's
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private readonly GraphOptions _options = options.Value;
    private readonly ProviderCalls _graph = GraphErrors.Calls(http, options.Value, timeProvider);

    /// <summary>Whether there is an address to be told of new mail at; without one mailboxes are only polled.</summary>
    public bool CanSubscribe => _options.PublicBaseUrl is not null;

    /// <summary>Sends calls as one batch.</summary>
    /// <param name="account">Whose mailbox they read.</param>
    /// <param name="calls">At most <see cref="MostCalls"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answers in the order of the calls, in whichever they came.</returns>
    public Task<IReadOnlyList<GraphAnswer>> BatchAsync(Guid account, IReadOnlyList<GraphCall> calls, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls.Count, MostCalls);
        return calls.Count == 0
            ? Task.FromResult<IReadOnlyList<GraphAnswer>>([])
            : tokens.UseAsync(
                provider,
                account,
                token => gate.PassAsync(account, calls.Count, ended => SendBatchAsync(token, calls, ended), cancellationToken),
                cancellationToken);
    }

    /// <summary>Sends one call, as a batch of one.</summary>
    /// <exception cref="ProviderException">The batch or its call failed.</exception>
    public async Task<GraphContent> ReadAsync(Guid account, GraphCall call, CancellationToken cancellationToken) =>
        (await BatchAsync(account, [call], cancellationToken))[0].Read();

    /// <summary>Asks to be told of the mails that are added; Graph asks our address for its consent meanwhile.</summary>
    /// <exception cref="ProviderException">Graph did not do it.</exception>
    public Task<GraphSubscription> SubscribeAsync(Guid account, CancellationToken cancellationToken)
    {
        var address = $"{_options.PublicBaseUrl!.ToString().TrimEnd('/')}/api/webhooks/graph";
        var wanted = new GraphSubscriptionRequest("created", address, address, "me/messages", _options.ClientState, SubscriptionEnd());
        return UseAsync(
            account,
            HttpMethod.Post,
            "/subscriptions",
            () => JsonContent.Create(wanted, GraphJson.Default.GraphSubscriptionRequest),
            request => _graph.SendAsync(request, GraphJson.Default.GraphSubscription, cancellationToken),
            cancellationToken);
    }

    /// <summary>Has a subscription go on; <see cref="FailureKind.NotFound"/> means that there is none of that id.</summary>
    /// <exception cref="ProviderException">Graph did not do it.</exception>
    public Task<GraphSubscription> RenewSubscriptionAsync(Guid account, string id, CancellationToken cancellationToken) => UseAsync(
        account,
        HttpMethod.Patch,
        $"/subscriptions/{Uri.EscapeDataString(id)}",
        () => JsonContent.Create(new GraphRenewal(SubscriptionEnd()), GraphJson.Default.GraphRenewal),
        request => _graph.SendAsync(request, GraphJson.Default.GraphSubscription, cancellationToken),
        cancellationToken);

    /// <summary>Says that we still may see what a subscription tells of.</summary>
    /// <exception cref="ProviderException">Graph did not do it.</exception>
    public Task ReauthorizeAsync(Guid account, string id, CancellationToken cancellationToken) => UseAsync(
        account,
        HttpMethod.Post,
        $"/subscriptions/{Uri.EscapeDataString(id)}/reauthorize",
        () => null,
        async request =>
        {
            await _graph.SendAsync(request, cancellationToken);
            return true;
        },
        cancellationToken);

    private DateTimeOffset SubscriptionEnd() => timeProvider.GetUtcNow().AddMinutes(_options.SubscriptionMinutes) - Margin;

    // a request for each token: one that was sent is not sent again
    private Task<T> UseAsync<T>(
        Guid account,
        HttpMethod method,
        string path,
        Func<HttpContent?> content,
        Func<HttpRequestMessage, Task<T>> send,
        CancellationToken cancellationToken) => tokens.UseAsync(
            provider,
            account,
            async token =>
            {
                using var request = Request(method, path, token, content());
                return await send(request);
            },
            cancellationToken);

    private HttpRequestMessage Request(HttpMethod method, string path, string token, HttpContent? content) =>
        new(method, GraphPaths.Absolute(_options, path))
        {
            Content = content,
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };

    private async Task<IReadOnlyList<GraphAnswer>> SendBatchAsync(
        string token, IReadOnlyList<GraphCall> calls, CancellationToken cancellationToken)
    {
        var body = new GraphBatchRequest([.. calls.Select((call, i) => new GraphBatchCall(
            Text(i), "GET", call.Url, call.Prefer is null ? null : new Dictionary<string, string> { ["Prefer"] = call.Prefer }))]);
        using var request = Request(HttpMethod.Post, "/$batch", token, JsonContent.Create(body, GraphJson.Default.GraphBatchRequest));
        var response = await _graph.SendAsync(request, GraphJson.Default.GraphBatchResponse, cancellationToken);
        var byId = response.Responses.DistinctBy(answer => answer.Id).ToDictionary(answer => answer.Id);
        GraphAnswer[] answers = [.. calls.Select((_, i) => byId.TryGetValue(Text(i), out var answer)
            ? Read(answer)
            : new(null, new(FailureKind.Transient, "Graph left a call of a batch unanswered.")))];
        // the whole batch again, with another token
        return Array.Find(answers, answer => answer.Failure?.Kind == FailureKind.Unauthorized) is { Failure: { } refused }
            ? throw new ProviderException(refused)
            : answers;
    }

    private GraphAnswer Read(GraphBatchAnswer answer)
    {
        if (answer.Status is < 200 or > 299)
        {
            var header = answer.Headers?
                .FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value;
            var retryAfter = header is null ? null : RetryAfterHeader.Parse(header, timeProvider.GetUtcNow(), RetryAfterHeader.Longest);
            var error = answer.Body?.Content?.Error;
            return new(null, GraphErrors.Of(answer.Status, error?.Code, error?.Message ?? "", retryAfter));
        }

        return answer.Body?.Content is { } content
            ? new(content, null)
            : new(
                null,
                new(FailureKind.Permanent, $"Graph's answer is not what it should be: {answer.Body?.Problem ?? "it is empty."}", answer.Status),
                answer.Body?.Text);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A call of a batch; all of them only read.</summary>
/// <param name="Url">From after the version on: <c>/me/messages/…</c>.</param>
/// <param name="Prefer">The header of that name.</param>
internal sealed record GraphCall(string Url, string? Prefer = null);

/// <summary>What became of a call of a batch: one of both.</summary>
/// <param name="Content">What it answered.</param>
/// <param name="Failure">Why it did not.</param>
/// <param name="Text">What it answered instead: of what is no JSON its bytes, in base64.</param>
internal sealed record GraphAnswer(GraphContent? Content, ProviderFailure? Failure, string? Text = null)
{
    /// <summary>What it answered.</summary>
    /// <exception cref="ProviderException">It did not.</exception>
    public GraphContent Read() => Content ?? throw new ProviderException(Failure!);
}

/// <summary>What error answers mean.</summary>
internal static class GraphErrors
{
    public static ProviderCalls Calls(HttpClient http, GraphOptions options, TimeProvider timeProvider) =>
        new("Graph", http, TimeSpan.FromSeconds(options.BatchTimeoutSeconds), timeProvider, Of);

    public static ProviderFailure Of(int status, string? code, string message, TimeSpan? retryAfter)
    {
        var failure = ProviderFailure.OfStatus(
            status, $"Graph answered {status}{(code is null ? "" : $" {code}")}: {message}", retryAfter, code: code);
        return status switch
        {
            410 => failure with { Kind = FailureKind.StalePosition },
            not 401 when IsStale(code) => failure with { Kind = FailureKind.StalePosition },
            404 => failure with { Kind = FailureKind.NotFound },
            // one that it depends on failed
            424 => failure with { Kind = FailureKind.Transient, RetryAfter = retryAfter },
            _ => failure,
        };
    }

    private static bool IsStale(string? code) => code is not null
        && new[] { "syncStateNotFound", "syncStateInvalid", "resyncRequired" }.Contains(code, StringComparer.OrdinalIgnoreCase);
}
