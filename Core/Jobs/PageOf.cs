namespace Switchboard.Core.Jobs;

/// <summary>Cuts a list that was read with one item more than was asked for.</summary>
internal static class PageOf
{
    public static JobPage<T> Items<T>(List<T> readOneMore, int limit, Func<T, JobCursor> place)
    {
        if (readOneMore.Count <= limit)
            return new(readOneMore, null);
        var items = readOneMore[..limit];
        return new(items, place(items[^1]).ToString());
    }
}
