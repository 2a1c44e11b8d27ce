namespace Switchboard.Core.Diagnostics;

/// <summary>
/// What an operation did, one thing after the other: for those that were slow, where their time went. Follows the flow of calls.
/// </summary>
public sealed class OperationTrail
{
    // an operation of more steps is known by its first ones
    private const int Most = 50;

    private static readonly AsyncLocal<OperationTrail?> Flow = new();

    private readonly Lock _gate = new();
    private readonly List<Checkpoint> _checkpoints = [];
    private readonly TimeProvider _timeProvider;
    private readonly long _begun;

    private OperationTrail(TimeProvider timeProvider) => (_timeProvider, _begun) = (timeProvider, timeProvider.GetTimestamp());

    /// <summary>That of the operation that is under way here; null where none is followed.</summary>
    public static OperationTrail? Current => Flow.Value;

    /// <summary>Follows an operation from here on, in all that its caller calls.</summary>
    public static OperationTrail Begin(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        return Flow.Value = new(timeProvider);
    }

    /// <summary>How long it takes so far.</summary>
    public TimeSpan Elapsed => _timeProvider.GetElapsedTime(_begun);

    /// <summary>Notes what was just done.</summary>
    /// <param name="name">What it was: a constant, never something of a user.</param>
    /// <param name="took">How long it took; nothing for a moment.</param>
    /// <returns>How long after its begin the operation did it.</returns>
    public TimeSpan Mark(string name, TimeSpan took = default)
    {
        var at = Elapsed - took;
        lock (_gate)
        {
            if (_checkpoints.Count < Most)
                _checkpoints.Add(new(name, Math.Round(at.TotalMilliseconds, 1), Math.Round(took.TotalMilliseconds, 1)));
        }

        return at;
    }

    /// <summary>What was noted.</summary>
    public IReadOnlyList<Checkpoint> Read()
    {
        lock (_gate)
            return [.. _checkpoints];
    }
}

/// <summary>Something that an operation did.</summary>
/// <param name="Name">What it was.</param>
/// <param name="AtMs">How long after its begin, in milliseconds.</param>
/// <param name="TookMs">How long it took; 0 for a moment.</param>
public sealed record Checkpoint(string Name, double AtMs, double TookMs);

/// <summary>The latest of something, a fixed number of them: adding one lets go of the oldest.</summary>
/// <typeparam name="T">What they are.</typeparam>
/// <param name="most">How many.</param>
public sealed class LatestOf<T>(int most)
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _items = new(most);
    private long _count;

    /// <summary>Adds one.</summary>
    public void Add(T item)
    {
        lock (_gate)
        {
            _count++;
            if (_items.Count == most)
                _items.Dequeue();
            _items.Enqueue(item);
        }
    }

    /// <summary>How many there were, and the latest of them, the last one first.</summary>
    public (long Count, IReadOnlyList<T> Latest) Read()
    {
        lock (_gate)
            return (_count, [.. _items.Reverse()]);
    }
}
