namespace Polly.RateLimiting;

/// <summary>A rate limiter refused the execution; nothing was sent.</summary>
public sealed class RateLimiterRejectedException : ExecutionRejectedException
{
    private const string Refused = "The operation could not be executed because it was rejected by the rate limiter.";

    /// <summary>Refused; the limiter did not say until when.</summary>
    public RateLimiterRejectedException()
        : base(Refused)
    {
    }

    /// <summary>Refused until a time to come.</summary>
    /// <param name="retryAfter">How long from now.</param>
    public RateLimiterRejectedException(TimeSpan retryAfter)
        : base($"{Refused} It can be retried after '{retryAfter}'.") => RetryAfter = retryAfter;

    /// <summary>Refused, in the caller's words.</summary>
    public RateLimiterRejectedException(string message)
        : base(message)
    {
    }

    /// <summary>Refused, in the caller's words and for a reason.</summary>
    public RateLimiterRejectedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>How long from the refusal another try makes sense, when the limiter said so.</summary>
    public TimeSpan? RetryAfter { get; }
}
