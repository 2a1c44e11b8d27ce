using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Providers;

/// <summary>What HTTP says of a send, whichever provider was asked: by an exception, by a status, by a header.</summary>
internal static class ProviderAnswers
{
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CircuitBreak = TimeSpan.FromSeconds(5);

    /// <summary>What a request that threw means for its message.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="timeout">How long a request may take.</param>
    /// <param name="cancellation">The caller's.</param>
    /// <returns>Null if it is no answer: the caller has cancelled, or it is a mistake of ours.</returns>
    public static SendResult? Of(string provider, Exception exception, TimeSpan timeout, CancellationToken cancellation) => exception switch
    {
        BrokenCircuitException broken =>
            new SendResult.NotTried($"{provider}'s circuit is open: too many requests failed.", broken.RetryAfter ?? CircuitBreak),
        TimeoutRejectedException => new SendResult.Unanswered($"{provider} did not answer within {timeout.TotalSeconds} s."),
        ExecutionRejectedException full => new SendResult.NotTried($"Too many requests to {provider} are under way: {full.Message}", Busy),
        HttpRequestException failed when NeverArrived(failed) => new SendResult.Unavailable($"{provider} cannot be reached: {failed.Message}"),
        HttpRequestException or IOException => new SendResult.Unanswered($"The connection to {provider} broke: {exception.Message}"),
        OperationCanceledException when !cancellation.IsCancellationRequested =>
            new SendResult.Unanswered($"The request to {provider} was given up: {exception.Message}"),
        _ => null,
    };

    /// <summary>What an error status means where no code of the provider's says more.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">What is told of it.</param>
    /// <param name="retryAfter">The header, if it came.</param>
    /// <param name="limit">The wait after a limit, if no header came.</param>
    /// <param name="account">The wait while the account needs its operator, if no header came.</param>
    public static SendResult Of(int status, string error, TimeSpan? retryAfter, TimeSpan limit, TimeSpan account) => status switch
    {
        429 => new SendResult.Throttled(error, status, retryAfter ?? limit),
        401 => new SendResult.NotTried(error, retryAfter ?? account),

        // a gateway gave up on what is behind it, which may have gone on
        408 or 502 or 504 => new SendResult.Unanswered(error, status),
        >= 500 => new SendResult.Unavailable(error, status, retryAfter),
        _ => new SendResult.Rejected(error, status),
    };

    /// <summary>How long <c>Retry-After</c> says to wait; null without one, or when it is over.</summary>
    public static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, TimeProvider time)
    {
        var after = header?.Delta ?? header?.Date - time.GetUtcNow();
        return after > TimeSpan.Zero ? after : null;
    }

    /// <summary>The answer's body; null when it is not what the provider's API answers.</summary>
    public static async Task<T?> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            return await JsonSerializer.DeserializeAsync(body, type, cancellation);
        }
        catch (JsonException)
        {
            return null; // a gateway's page: its status says what there is to know
        }
    }

    private static bool NeverArrived(HttpRequestException exception) => exception.HttpRequestError is
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
}
