namespace Switchboard.Workers.Dispatch.Channels;

/// <summary>What became of one try to send. A channel answers one of these and does not throw for what a provider does.</summary>
internal abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>The provider took it.</summary>
    /// <param name="ProviderMessageId">Its id of the message, which its statuses name.</param>
    /// <param name="ProviderStatus">The HTTP status.</param>
    public sealed record Accepted(string ProviderMessageId, int ProviderStatus) : SendResult;

    /// <summary>The provider refused it, and would again.</summary>
    public sealed record Rejected(string Error, int? ProviderStatus = null) : SendResult;

    /// <summary>It was certainly not sent, and may be later.</summary>
    /// <param name="Error">What the provider said.</param>
    /// <param name="ProviderStatus">The HTTP status; null if the provider was not reached.</param>
    /// <param name="RetryAfter">When, if the provider said.</param>
    public sealed record Unavailable(string Error, int? ProviderStatus = null, TimeSpan? RetryAfter = null) : SendResult;

    /// <summary>The provider's limit was met: it was not sent, and the message is not to blame.</summary>
    public sealed record Throttled(string Error, int ProviderStatus, TimeSpan RetryAfter) : SendResult;

    /// <summary>It may have been sent or not: no answer came, or none that could be read.</summary>
    public sealed record Unanswered(string Error, int? ProviderStatus = null) : SendResult;

    /// <summary>No message of this channel can be tried now: our own limit, an open circuit, an account that needs its operator.</summary>
    public sealed record NotTried(string Reason, TimeSpan RetryAfter) : SendResult;
}
