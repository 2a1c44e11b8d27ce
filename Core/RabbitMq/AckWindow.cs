namespace Switchboard.Core.RabbitMq;

/// <summary>An acknowledgement to send.</summary>
internal readonly record struct Ack(ulong Tag, bool Multiple);

/// <summary>
/// Turns settled delivery tags of one channel into few acknowledgements: one for all up to a tag, as soon as each of them is
/// settled; those behind a gap wait for the gap to close, or go one by one when they have waited long enough.
/// Tags start at 1 and have no gaps of their own.
/// </summary>
internal sealed class AckWindow
{
    // above _floor: settled and not acknowledged (false), or acknowledged by itself (true)
    private readonly SortedDictionary<ulong, bool> _above = [];
    private ulong _floor;

    /// <summary>Whether settled tags wait behind a gap.</summary>
    public bool HasStragglers { get; private set; }

    public void Settle(ulong tag) => _above.Add(tag, false);

    /// <summary>What can be acknowledged now.</summary>
    /// <param name="stragglersToo">Whether those behind a gap have waited long enough.</param>
    public IReadOnlyList<Ack> Take(bool stragglersToo)
    {
        var acks = new List<Ack>(1);
        ulong last = 0;
        var covered = 0;
        foreach (var (tag, acknowledged) in _above)
        {
            if (tag != _floor + 1)
                break;
            _floor = tag;
            // the broker refuses a tag that it has no more, so the last one named must still be open
            if (!acknowledged)
                (last, covered) = (tag, covered + 1);
        }

        if (covered > 0)
            acks.Add(new(last, covered > 1));
        foreach (var passed in _above.Keys.TakeWhile(tag => tag <= _floor).ToArray())
            _above.Remove(passed);

        HasStragglers = false;
        foreach (var (tag, acknowledged) in _above.ToArray())
        {
            if (acknowledged)
                continue;
            if (stragglersToo)
            {
                acks.Add(new(tag, false));
                _above[tag] = true;
            }
            else
            {
                HasStragglers = true;
            }
        }

        return acks;
    }
}
