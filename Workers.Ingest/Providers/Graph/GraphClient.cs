using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>
/// Reads mail through <c>$batch</c>, within the limits of the mailbox. What goes wrong with all of a batch is a
/// <see cref="GraphException"/>, what with one of its calls is that call's answer.
/// </summary>
internal sealed class GraphClient(HttpClient http, GraphTokens tokens, IGraphGate gate, IOptions<GraphOptions> options, TimeProvider time)
{
    /// <summary>How many calls a batch has at the most.</summary>
    public const int MostCalls = 20;

    /// <summary>Sends calls as one batch.</summary>
    /// <param name="account">Whose mailbox they read.</param>
    /// <param name="calls">At most <see cref="MostCalls"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The answers in the order of the calls, in whichever they came.</returns>
    public Task<IReadOnlyList<GraphAnswer>> BatchAsync(Guid account, IReadOnlyList<GraphCall> calls, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls.Count, MostCalls);
        return calls.Count == 0
            ? Task.FromResult<IReadOnlyList<GraphAnswer>>([])
            : tokens.UseAsync(account, token => gate.PassAsync(account, calls.Count, ct => SendAsync(token, calls, ct), cancellation), cancellation);
    }

    /// <summary>Sends one call, as a batch of one.</summary>
    /// <exception cref="GraphException">The batch or its call failed.</exception>
    public async Task<GraphContent> ReadAsync(Guid account, GraphCall call, CancellationToken cancellation) =>
        (await BatchAsync(account, [call], cancellation))[0].Read();

    private async Task<IReadOnlyList<GraphAnswer>> SendAsync(string token, IReadOnlyList<GraphCall> calls, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.BatchTimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, GraphPaths.Absolute(options.Value, "/$batch"))
        {
            Content = JsonContent.Create(Body(calls), GraphJson.Default.GraphBatchRequest),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            return Sorted(calls, await GraphHttp.SendAsync(http, request, GraphJson.Default.GraphBatchResponse, time, either.Token));
        }
        catch (OperationCanceledException reason) when (!cancellation.IsCancellationRequested)
        {
            throw new GraphException(GraphFailure.Unavailable, "Graph did not answer in time.", innerException: reason);
        }
    }

    private static GraphBatchRequest Body(IReadOnlyList<GraphCall> calls) => new(
        [.. calls.Select((call, i) => new GraphBatchCall(
            Text(i), "GET", call.Url, call.Prefer is null ? null : new Dictionary<string, string> { ["Prefer"] = call.Prefer }))]);

    private GraphAnswer[] Sorted(IReadOnlyList<GraphCall> calls, GraphBatchResponse response)
    {
        var byId = response.Responses.DistinctBy(answer => answer.Id).ToDictionary(answer => answer.Id);
        var answers = new GraphAnswer[calls.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = byId.TryGetValue(Text(i), out var answer)
                ? Read(answer)
                : new(null, new(GraphFailure.Unavailable, "Graph left a call of a batch unanswered."));
            // the whole batch again, with another token
            if (answers[i].Failure is { Failure: GraphFailure.Unauthorized } refused)
                throw refused;
        }

        return answers;
    }

    private GraphAnswer Read(GraphBatchAnswer answer)
    {
        if (answer.Status is < 200 or > 299)
        {
            var retryAfter = answer.Headers?.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value;
            var error = answer.Body?.Content?.Error;
            return new(null, GraphErrors.Of(answer.Status, error?.Code, error?.Message, GraphErrors.RetryAfter(retryAfter, time)));
        }

        return answer.Body?.Content is { } content
            ? new(content, null)
            : new(null, new(GraphFailure.Refused, $"Graph's answer is not what it should be: {answer.Body?.Problem ?? "it is empty."}", answer.Status));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
