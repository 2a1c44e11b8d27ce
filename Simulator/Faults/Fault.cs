namespace Switchboard.Simulator.Faults;

/// <summary>What is to go wrong with some of a provider's next requests.</summary>
/// <param name="id">To tell it from others in the list.</param>
/// <param name="provider">Whose requests.</param>
/// <param name="mode">What goes wrong.</param>
/// <param name="rate">The share of requests that it strikes, over 0 to 1.</param>
/// <param name="count">How many requests it strikes; null for all until it is deleted.</param>
internal sealed class Fault(int id, string provider, FaultMode mode, double rate, int? count)
{
    private int _left = count ?? int.MaxValue;
    private int _hits;

    public int Id => id;

    public string Provider => provider;

    public FaultMode Mode => mode;

    public double Rate => rate;

    /// <summary>The HTTP status of the answer.</summary>
    public int? Status { get; init; }

    /// <summary>The provider's own error code.</summary>
    public string? Code { get; init; }

    /// <summary>How long the answer takes.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Sent as <c>Retry-After</c>.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>How many requests it still strikes; null for all.</summary>
    public int? Left => count is null ? null : Math.Max(0, Volatile.Read(ref _left));

    /// <summary>How many it struck.</summary>
    public int Hits => Volatile.Read(ref _hits);

    public bool Spent => count is not null && Left == 0;

    /// <summary>Whether it strikes this request.</summary>
    public bool TryStrike()
    {
        if (rate < 1 && Random.Shared.NextDouble() >= rate)
        {
            return false;
        }

        if (count is not null && Interlocked.Decrement(ref _left) < 0)
        {
            return false;
        }

        Interlocked.Increment(ref _hits);
        return true;
    }
}
