using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Each part within its own range, and the timeouts in proportion to each other.</summary>
internal sealed class HttpStandardResilienceOptionsValidator : IValidateOptions<HttpStandardResilienceOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpStandardResilienceOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        errors.AddResults(Annotations(options));
        foreach (var part in new object?[]
                 {
                     options.RateLimiter, options.TotalRequestTimeout, options.Retry, options.CircuitBreaker, options.AttemptTimeout,
                 })
        {
            if (part is not null)
                errors.AddResults(Annotations(part));
        }

        if (options is { AttemptTimeout: { } attempt, TotalRequestTimeout: { } total } && attempt.Timeout > total.Timeout)
            errors.AddError(
                "Total request timeout resilience strategy must have a greater timeout than the attempt resilience strategy. " +
                $"Total Request Timeout: {total.Timeout.TotalSeconds}s, Attempt Timeout: {attempt.Timeout.TotalSeconds}s");

        if (options is { AttemptTimeout: { } oneAttempt, CircuitBreaker: { } breaker } &&
            breaker.SamplingDuration < oneAttempt.Timeout * 2)
            errors.AddError(
                "The sampling duration of circuit breaker strategy needs to be at least double of an attempt timeout strategy's " +
                $"timeout interval, in order to be effective. Sampling Duration: {breaker.SamplingDuration.TotalSeconds}s," +
                $"Attempt Timeout: {oneAttempt.Timeout.TotalSeconds}s");

        return errors.Build();
    }

    private static List<ValidationResult> Annotations(object part)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(part, new ValidationContext(part), results, validateAllProperties: true);
        return results;
    }
}
