namespace Switchboard.Simulator.GraphMail;

/// <summary>What of a list lies between two positions, read from one end.</summary>
internal sealed class MailSlice
{
    private readonly IMailList _list;
    private readonly bool _newestFirst;
    private int _from;
    private int _to;

    /// <param name="list">Of which list.</param>
    /// <param name="low">The first position that belongs to it.</param>
    /// <param name="high">The first that doesn't any more.</param>
    /// <param name="newestFirst">From which end.</param>
    public MailSlice(IMailList list, MailPosition low, MailPosition high, bool newestFirst)
    {
        (_list, _newestFirst) = (list, newestFirst);
        (_from, _to) = (FirstFrom(list, low), FirstFrom(list, high));
    }

    public int Left => Math.Max(0, _to - _from);

    /// <summary>The position that many mails ahead; 0 is the next.</summary>
    public MailPosition Peek(int ahead) => _list.At(_newestFirst ? _to - 1 - ahead : _from + ahead);

    public void Skip(int count)
    {
        if (_newestFirst)
        {
            _to -= count;
        }
        else
        {
            _from += count;
        }
    }

    /// <summary>The rank of the first mail at a position or behind it.</summary>
    public static int FirstFrom(IMailList list, MailPosition position)
    {
        var (low, high) = (0, list.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = list.At(middle).CompareTo(position) >= 0 ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
