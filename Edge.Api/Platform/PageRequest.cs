using FluentValidation;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Which part of a list: <c>?cursor=&amp;limit=</c>.</summary>
internal abstract class PageRequest
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 100;

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    [QueryParam]
    public string? Cursor { get; set; }

    /// <summary>How many items, 1–100.</summary>
    [QueryParam]
    public int? Limit { get; set; }

    /// <summary>How many items the page holds.</summary>
    public int PageSize() => Limit ?? DefaultLimit;
}

/// <summary>What holds for every list.</summary>
internal abstract class PageValidator<TRequest> : Validator<TRequest>
    where TRequest : PageRequest
{
    protected PageValidator(string list)
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, PageRequest.MaxLimit);
        RuleFor(request => request.Cursor)
            .Must(cursor => Cursor.TryDecode(list, cursor, out _))
            .When(request => request.Cursor is not null)
            .WithMessage("This is not a cursor of this list.");
    }
}

/// <summary>A page of a list.</summary>
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
