namespace Switchboard.Simulator.GraphMail;

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
