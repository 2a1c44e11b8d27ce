namespace Switchboard.Simulator.Microsoft;

/// <summary>A page of mails to read: of which folders, between which positions, from which end.</summary>
/// <param name="Folder">Null for all.</param>
/// <param name="Low">The first position that belongs to it.</param>
/// <param name="High">The first that doesn't any more.</param>
/// <param name="NewestFirst">From which end.</param>
/// <param name="Skip">How many to leave out.</param>
/// <param name="Take">How many to read.</param>
internal sealed record MailRange(MailFolder? Folder, MailPosition Low, MailPosition High, bool NewestFirst, int Skip, int Take)
{
    /// <summary>How many there are before any is left out.</summary>
    public int Count(IEnumerable<IMailList> lists) => Slices(lists).Sum(slice => slice.Left);

    /// <summary>
    /// The positions of the page, out of several lists at once. Leaving out a million costs no more than leaving out a thousand: with k to
    /// go in m lists, the list whose mail k/m ahead comes first can be moved on by k/m, since the others have fewer before it.
    /// </summary>
    public List<MailPosition> Read(IEnumerable<IMailList> lists)
    {
        var slices = Slices(lists);
        for (var left = Skip; left > 0 && slices.Exists(slice => slice.Left > 0);)
        {
            var step = Math.Max(1, left / slices.Count(slice => slice.Left > 0));
            var next = First(slices, step)!;
            var steps = Math.Min(step, next.Left);
            next.Skip(steps);
            left -= steps;
        }

        List<MailPosition> page = [];
        while (page.Count < Take && First(slices, 1) is { } next)
        {
            page.Add(next.Peek(0));
            next.Skip(1);
        }

        return page;
    }

    private List<MailSlice> Slices(IEnumerable<IMailList> lists) => [.. lists.Select(list => new MailSlice(list, Low, High, NewestFirst))];

    private MailSlice? First(List<MailSlice> slices, int step)
    {
        MailSlice? first = null;
        MailPosition best = default;
        foreach (var slice in slices)
        {
            if (slice.Left == 0)
            {
                continue;
            }

            var position = slice.Peek(Math.Min(step, slice.Left) - 1);
            if (first is null || position.CompareTo(best) < 0 != NewestFirst)
            {
                (first, best) = (slice, position);
            }
        }

        return first;
    }
}

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

/// <summary>Where a mail stands among all mails of its mailbox: by time, and within a second by a number that no other mail has.</summary>
/// <param name="Second">When it was received or sent, in seconds since 1970.</param>
/// <param name="Order">Of a planned mail its code, of an added one its number above <see cref="FirstAdded"/>.</param>
internal readonly record struct MailPosition(long Second, long Order) : IComparable<MailPosition>
{
    /// <summary>Above the codes of all planned mails.</summary>
    public const long FirstAdded = 1L << 40;

    public static MailPosition First { get; } = new(long.MinValue, long.MinValue);

    public static MailPosition Last { get; } = new(long.MaxValue, long.MaxValue);

    public bool IsAdded => Order >= FirstAdded;

    /// <summary>The position before all mails of a second.</summary>
    public static MailPosition StartOf(long second) => new(second, long.MinValue);

    public static MailPosition OfAdded(long second, int number) => new(second, FirstAdded + number);

    /// <summary>The place behind which nothing comes before the next mail.</summary>
    public MailPosition Next() => this with { Order = Order + 1 };

    public int CompareTo(MailPosition other) => Second != other.Second ? Second.CompareTo(other.Second) : Order.CompareTo(other.Order);
}

/// <summary>The positions of mails, oldest first; each can be asked for, none need be kept.</summary>
internal interface IMailList
{
    int Count { get; }

    MailPosition At(int rank);
}

/// <summary>A folder without mails.</summary>
internal sealed class EmptyMails : IMailList
{
    public static EmptyMails Instance { get; } = new();

    public int Count => 0;

    public MailPosition At(int rank) => throw new ArgumentOutOfRangeException(nameof(rank));
}
