namespace Switchboard.Simulator.Control;

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

    /// <summary>It strikes only requests that have this in their address or body; null for all.</summary>
    public string? Containing { get; init; }

    /// <summary>It strikes only requests that make something, such as a post; what is read and prepared goes on.</summary>
    public bool OnlyWhatIsMade { get; init; }

    /// <summary>How many requests it still strikes; null for all.</summary>
    public int? Left => count is null ? null : Math.Max(0, Volatile.Read(ref _left));

    /// <summary>How many it struck.</summary>
    public int Hits => Volatile.Read(ref _hits);

    public bool Spent => count is not null && Left == 0;

    /// <summary>Whether it strikes this request.</summary>
    /// <param name="content">Its address and body.</param>
    /// <param name="makesSomething">Whether it makes something.</param>
    public bool TryStrike(string content, bool makesSomething)
    {
        if (OnlyWhatIsMade && !makesSomething)
        {
            return false;
        }

        if (Containing is not null && !content.Contains(Containing, StringComparison.Ordinal))
        {
            return false;
        }

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

/// <summary>What goes wrong.</summary>
internal enum FaultMode
{
    /// <summary>The provider refuses: its status and error body, nothing done.</summary>
    Error,

    /// <summary>It answers as ever, only late.</summary>
    Delay,

    /// <summary>It never answers, nothing done.</summary>
    Timeout,

    /// <summary>The connection breaks, nothing done.</summary>
    Reset,

    /// <summary>It does what was asked, then the connection breaks: the answer is lost.</summary>
    AcceptThenReset,
}

/// <summary>The names of the modes in control calls.</summary>
internal static class FaultModes
{
    private static readonly Dictionary<string, FaultMode> ByName = new()
    {
        ["error"] = FaultMode.Error,
        ["delay"] = FaultMode.Delay,
        ["timeout"] = FaultMode.Timeout,
        ["reset"] = FaultMode.Reset,
        ["accept-then-reset"] = FaultMode.AcceptThenReset,
    };

    public static IEnumerable<string> Names => ByName.Keys;

    public static FaultMode? Parse(string name) => ByName.TryGetValue(name, out var mode) ? mode : null;

    public static string Name(this FaultMode mode) => ByName.First(pair => pair.Value == mode).Key;
}

/// <summary>The faults that are set; asked on every request of a provider, so reading it takes no lock.</summary>
internal sealed class FaultList
{
    private readonly Lock _change = new();
    private volatile Fault[] _faults = [];
    private int _lastId;

    public bool IsEmpty => _faults.Length == 0;

    public IReadOnlyList<Fault> All => _faults;

    public int NextId() => Interlocked.Increment(ref _lastId);

    public void Add(Fault fault)
    {
        lock (_change)
        {
            _faults = [.. _faults, fault];
        }
    }

    /// <summary>Deletes those of a provider, or all.</summary>
    public void Clear(string? provider = null)
    {
        lock (_change)
        {
            _faults = [.. _faults.Where(fault => provider is not null && fault.Provider != provider)];
        }
    }

    /// <summary>Whether a fault of this provider asks what a request contains.</summary>
    public bool AsksContent(string provider) => Array.Exists(_faults, fault => fault.Provider == provider && fault.Containing is not null);

    /// <summary>The oldest fault that strikes this request of the provider; null when it may go on.</summary>
    public Fault? Strike(string provider, string content = "", bool makesSomething = true)
    {
        var struck = Array.Find(_faults, fault => fault.Provider == provider && fault.TryStrike(content, makesSomething));
        if (struck is { Spent: true })
        {
            lock (_change)
            {
                _faults = [.. _faults.Where(fault => !fault.Spent)];
            }
        }

        return struck;
    }
}
