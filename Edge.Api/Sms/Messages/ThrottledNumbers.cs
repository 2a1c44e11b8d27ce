using System.Diagnostics.CodeAnalysis;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>
/// Numbers over their limit, for at most a minute: further SMS are refused from here, without the limiter.
/// At 1,000 numbers the least recently used one goes.
/// </summary>
internal sealed class ThrottledNumbers(TimeProvider timeProvider)
{
    private const int MaxNumbers = 1_000;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Refusal>> _refusals = [];
    private readonly LinkedList<Refusal> _byUse = new();
    private long _hits;
    private long _misses;

    /// <summary>Whether a number is over its limit, as far as is known here, and the time until one more of its SMS is taken.</summary>
    public bool TryFind(string number, out TimeSpan roomAfter)
    {
        lock (_lock)
        {
            roomAfter = TimeSpan.Zero;
            if (!TryFind(number, out Refusal? refusal))
                return false;
            _hits++;
            roomAfter = refusal.RoomAt - timeProvider.GetElapsedTime(0);
            return true;
        }
    }

    /// <summary>Keeps a refusal of the limiter.</summary>
    /// <param name="number">The number.</param>
    /// <param name="retryAfter">The time until one more of its SMS is taken.</param>
    public void Add(string number, TimeSpan retryAfter)
    {
        lock (_lock)
        {
            _misses++;
            Forget(number);
            var now = timeProvider.GetElapsedTime(0);
            var until = now + (retryAfter < Longest ? retryAfter : Longest);
            _refusals.Add(number, _byUse.AddFirst(new Refusal(number, now + retryAfter, until)));
            if (_refusals.Count > MaxNumbers)
                Forget(_byUse.Last!.Value.Number);
        }
    }

    /// <summary>Asks the limiter again for every number.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _refusals.Clear();
            _byUse.Clear();
        }
    }

    /// <summary>How many numbers are here and how many may be; how many refusals were answered from here, and how many were asked
    /// for.</summary>
    public (int Size, int Max, long Hits, long Misses) Read()
    {
        lock (_lock)
            return (_refusals.Count, MaxNumbers, _hits, _misses);
    }

    private bool TryFind(string number, [NotNullWhen(true)] out Refusal? refusal)
    {
        refusal = null;
        if (!_refusals.TryGetValue(number, out var node))
            return false;
        if (node.Value.Until <= timeProvider.GetElapsedTime(0))
        {
            Forget(number);
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        refusal = node.Value;
        return true;
    }

    private void Forget(string number)
    {
        if (_refusals.Remove(number, out var node))
            _byUse.Remove(node);
    }

    private sealed record Refusal(string Number, TimeSpan RoomAt, TimeSpan Until);
}
