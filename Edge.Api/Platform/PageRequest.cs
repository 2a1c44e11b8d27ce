using FastEndpoints;
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
