namespace Switchboard.Edge.Api.Platform;

/// <summary>A part of a list.</summary>
/// <param name="Items">At most as many as <c>limit</c> said.</param>
/// <param name="NextCursor">What to ask for as <c>cursor</c> to get the next part; null when there is none.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary>Makes a page from one item more than it holds, which says whether there is another page.</summary>
    /// <param name="items">Up to <paramref name="limit"/> + 1 items.</param>
    /// <param name="limit">How many a page holds.</param>
    /// <param name="cursorAfter">The cursor that goes on after an item.</param>
    public static Page<T> Of(IReadOnlyList<T> items, int limit, Func<T, string> cursorAfter) =>
        items.Count <= limit
            ? new(items, null)
            : new([.. items.Take(limit)], cursorAfter(items[limit - 1]));
}
