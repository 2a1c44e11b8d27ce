using System.Diagnostics.CodeAnalysis;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>
/// Numbers over their limit, for at most a minute: who goes on texting is refused from here and Redis is not asked. While a number is
/// refused no text of it is counted, so what was counted stays what it is, and a retry of such a text is known here too.
/// At 1,000 numbers the least recently used one goes.
/// </summary>
internal sealed class ThrottledNumbers(TimeProvider time)
{
    private const int MaxNumbers = 1_000;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Refusal>> _refusals = [];
    private readonly LinkedList<Refusal> _byUse = new();
    private long _hits;
    private long _misses;

    /// <summary>Answers for a number that is over its limit as far as is known here.</summary>
    public bool TryAnswer(string number, string sid, out SmsPermit permit)
    {
        lock (_lock)
        {
            permit = default;
            if (!TryFind(number, out var refusal))
                return false;
            if (refusal.Counted.Contains(sid))
            {
                permit = SmsPermit.Granted;
                return true;
            }

            _hits++;
            permit = SmsPermit.Refused(refusal.RoomAt - time.GetElapsedTime(0));
            return true;
        }
    }

    /// <summary>Keeps a refusal that was asked for.</summary>
    /// <param name="number">The number.</param>
    /// <param name="retryAfter">The time until one more of its texts is taken.</param>
    /// <param name="counted">The texts that are counted; null when there are too many to be kept, and the refusal is not either.</param>
    public void Remember(string number, TimeSpan retryAfter, IReadOnlySet<string>? counted)
    {
        lock (_lock)
        {
            _misses++;
            if (counted is null)
                return;
            Forget(number);
            var now = time.GetElapsedTime(0);
            var until = now + (retryAfter < Longest ? retryAfter : Longest);
            _refusals.Add(number, _byUse.AddFirst(new Refusal(number, now + retryAfter, until, counted)));
            if (_refusals.Count > MaxNumbers)
                Forget(_byUse.Last!.Value.Number);
        }
    }

    /// <summary>Asks Redis again for every number.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _refusals.Clear();
            _byUse.Clear();
        }
    }

    /// <summary>How many numbers are here and how many may be; how many refusals were answered from here, and how many were asked for.</summary>
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
        if (node.Value.Until <= time.GetElapsedTime(0))
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

    private sealed record Refusal(string Number, TimeSpan RoomAt, TimeSpan Until, IReadOnlySet<string> Counted);
}
