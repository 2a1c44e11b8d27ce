namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Graph did not do what it was asked for.</summary>
/// <param name="failure">What kind of failure it is.</param>
/// <param name="message">What Graph said.</param>
/// <param name="status">The HTTP status; null when there was no answer.</param>
/// <param name="retryAfter">When to come again, if Graph said so.</param>
/// <param name="innerException">Where there was no answer: why.</param>
internal sealed class GraphException(
    GraphFailure failure, string message, int? status = null, TimeSpan? retryAfter = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    public GraphFailure Failure { get; } = failure;

    public int? Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>For <see cref="GraphFailure.GrantRevoked"/>: the refresh token that was not taken, encrypted as it is stored.</summary>
    public byte[]? Grant { get; init; }
}
