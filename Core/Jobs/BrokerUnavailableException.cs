namespace Switchboard.Core.Jobs;

/// <summary>
/// The broker is away, has blocked its publishers, or did not confirm in time. Whether it has the jobs is not known:
/// to publish them again is safe, because jobs are idempotent. An endpoint answers 503 with <c>Retry-After</c>.
/// </summary>
public sealed class BrokerUnavailableException : Exception
{
    /// <summary>Without a reason.</summary>
    public BrokerUnavailableException()
        : base("The broker is away.")
    {
    }

    /// <summary>With a reason.</summary>
    public BrokerUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and what it came from.</summary>
    public BrokerUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
