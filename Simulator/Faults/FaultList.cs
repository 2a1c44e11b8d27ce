namespace Switchboard.Simulator.Faults;

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

    /// <summary>The oldest fault that strikes this request of the provider; null when it may go on.</summary>
    public Fault? Strike(string provider)
    {
        var struck = Array.Find(_faults, fault => fault.Provider == provider && fault.TryStrike());
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
