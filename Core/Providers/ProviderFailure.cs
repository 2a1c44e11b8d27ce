using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Switchboard.Core.Providers;

/// <summary>What a failure means for the caller.</summary>
public enum FailureKind
{
    /// <summary>It was certainly not done, and the same request may succeed later.</summary>
    Transient,

    /// <summary>A limit was met, the provider's or ours, or its circuit is open: not done, the request is not to blame, and it is known
    /// when to come back.</summary>
    Throttled,

    /// <summary>The provider refused this request, and would again.</summary>
    Permanent,

    /// <summary>The provider does not take the credentials, or has locked the account: no request of it can succeed until a person
    /// acts.</summary>
    Unauthorized,

    /// <summary>The user has taken their consent back, or it has expired: only they can mend it, by connecting again.</summary>
    GrantRevoked,

    /// <summary>The provider has locked or restricted the account itself: its holder has to act there; neither another token nor another
    /// consent helps.</summary>
    AccountBlocked,

    /// <summary>What was asked for is not there (any more).</summary>
    NotFound,

    /// <summary>The position from which to read on is not known any more: begin again.</summary>
    StalePosition,

    /// <summary>It may have been done or not: no answer came, or none that could be read. To be reconciled, never blindly
    /// repeated.</summary>
    UnknownOutcome,
}

/// <summary>Why a call to a provider failed, in the same form for every provider.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Error">What went wrong, for people.</param>
/// <param name="HttpStatus">The HTTP status; null when no answer came.</param>
/// <param name="RetryAfter">When to come back, where it is known; never longer than <see cref="RetryAfterHeader.Longest"/>
/// if the provider said so.</param>
/// <param name="Code">The provider's own code of the error.</param>
public sealed record ProviderFailure(
    FailureKind Kind, string Error, int? HttpStatus = null, TimeSpan? RetryAfter = null, string? Code = null)
{
    /// <summary>For <see cref="FailureKind.GrantRevoked"/>: the refresh token that was not taken, encrypted as it is stored.</summary>
    public byte[]? Grant { get; init; }

    /// <summary>Whether it was an outage, and not what was asked: a call that only reads is simply made again later.</summary>
    public bool IsOutage => Kind is FailureKind.Transient or FailureKind.UnknownOutcome;

    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CircuitBreak = TimeSpan.FromSeconds(5);

    /// <summary>What a request that threw means.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="timeout">How long a request may take.</param>
    /// <param name="cancellationToken">The token of the caller: its cancellation is no failure of the provider.</param>
    /// <returns>Null if it is no failure of the provider: the caller has cancelled, or it is an error of ours.</returns>
    public static ProviderFailure? Of(
        string provider, Exception exception, TimeSpan timeout, CancellationToken cancellationToken) => exception switch
        {
            ProviderException known => known.Failure,
            BrokenCircuitException broken => new(
                FailureKind.Throttled,
                $"{provider}'s circuit is open: too many requests failed.",
                RetryAfter: broken.RetryAfter ?? CircuitBreak),
            TimeoutRejectedException => new(FailureKind.UnknownOutcome, $"{provider} did not answer within {timeout.TotalSeconds} s."),
            ExecutionRejectedException full => new(
                FailureKind.Throttled, $"Too many requests to {provider} are under way: {full.Message}", RetryAfter: Busy),
            HttpRequestException failed when failed.GetBaseException() is PrivateAddressException refused =>
                new(FailureKind.Permanent, refused.Message),
            HttpRequestException failed when NeverArrived(failed) =>
                new(FailureKind.Transient, $"{provider} cannot be reached: {failed.Message}"),
            HttpRequestException or IOException =>
                new(FailureKind.UnknownOutcome, $"The connection to {provider} broke: {exception.Message}"),
            OperationCanceledException when !cancellationToken.IsCancellationRequested =>
                new(FailureKind.UnknownOutcome, $"The request to {provider} was given up: {exception.Message}"),
            _ => null,
        };

    /// <summary>What an error status means where no code of the provider's says more.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">What is told of it.</param>
    /// <param name="retryAfter">What <see cref="RetryAfterHeader"/> said.</param>
    /// <param name="limitWait">The wait after a limit, if no header came; null where the caller knows.</param>
    /// <param name="accountWait">The wait while the account needs a person, if no header came; null where the caller knows.</param>
    /// <param name="code">The provider's own code, if it gave one.</param>
    public static ProviderFailure OfStatus(
        int status, string error, TimeSpan? retryAfter, TimeSpan? limitWait = null, TimeSpan? accountWait = null, string? code = null) =>
        status switch
        {
            429 => new(FailureKind.Throttled, error, status, retryAfter ?? limitWait, code),
            401 => new(FailureKind.Unauthorized, error, status, retryAfter ?? accountWait, code),

            // a gateway gave up on what is behind it, which may have gone on
            408 or 502 or 504 => new(FailureKind.UnknownOutcome, error, status, retryAfter, code),
            >= 500 => new(FailureKind.Transient, error, status, retryAfter, code),
            _ => new(FailureKind.Permanent, error, status, Code: code),
        };

    private static bool NeverArrived(HttpRequestException exception) => exception.HttpRequestError is
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
}

/// <summary>A provider did not do what it was asked; for clients whose callers go on only with an answer.</summary>
public sealed class ProviderException : Exception
{
    /// <summary>Wraps a failure.</summary>
    public ProviderException(ProviderFailure failure, Exception? innerException = null)
        : base(failure?.Error, innerException)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Failure = failure;
    }

    /// <summary>Of a failure that nothing more is known of.</summary>
    public ProviderException(FailureKind kind, string error, Exception? innerException = null)
        : this(new ProviderFailure(kind, error), innerException)
    {
    }

    /// <summary>The failure that was answered.</summary>
    public ProviderFailure Failure { get; }

    /// <summary>The kind of the failure.</summary>
    public FailureKind Kind => Failure.Kind;
}
