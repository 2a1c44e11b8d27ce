using Polly.CircuitBreaker;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// When requests are refused without being sent. Default: for 5 s once a tenth of at least 100 requests within 30 s
/// failed for a reason that passes (<see cref="HttpClientResiliencePredicates"/>).
/// </summary>
public class HttpCircuitBreakerStrategyOptions : CircuitBreakerStrategyOptions<HttpResponseMessage>
{
    /// <summary>Counts what is transient as a failure.</summary>
    public HttpCircuitBreakerStrategyOptions() =>
        ShouldHandle = args => ValueTask.FromResult(HttpClientResiliencePredicates.IsTransient(args.Outcome));
}
