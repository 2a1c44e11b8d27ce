using Polly;
using Polly.Retry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// When a request is sent again. Default: three times, after 2, 4 and 8 seconds with jitter, or after what the answer's
/// <c>Retry-After</c> says, when the failure may pass (<see cref="HttpClientResiliencePredicates"/>).
/// </summary>
public class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage>
{
    /// <summary>Sets the defaults.</summary>
    public HttpRetryStrategyOptions()
    {
        ShouldHandle = args => ValueTask.FromResult(
            HttpClientResiliencePredicates.IsTransient(args.Outcome, args.Context.CancellationToken));
        BackoffType = DelayBackoffType.Exponential;
        UseJitter = true;
        ShouldRetryAfterHeader = true;
    }

    /// <summary>Whether <c>Retry-After</c>, where there is one, is the wait. Default: true. Setting it sets the delay generator.</summary>
    public bool ShouldRetryAfterHeader
    {
        get;
        set
        {
            field = value;
            DelayGenerator = value ? args => ValueTask.FromResult(RetryAfter(args.Outcome.Result)) : null;
        }
    }

    /// <summary>What a <c>Retry-After</c> that is a date is compared with; the standard pipeline sets its own.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    // RFC 9110, 10.2.3: seconds, or a date; one that is over means now.
    private TimeSpan? RetryAfter(HttpResponseMessage? response) => response?.Headers.RetryAfter switch
    {
        { Date: { } date } => Max(date - Time.GetUtcNow(), TimeSpan.Zero),
        { Delta: { } delta } => Max(delta, TimeSpan.Zero),
        _ => null,
    };

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
