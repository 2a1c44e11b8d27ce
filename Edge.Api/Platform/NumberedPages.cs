using System.Text.Json.Serialization;
using FluentValidation;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Which part of a list that has numbered pages too: <c>?cursor=&amp;limit=</c> or <c>?page=&amp;limit=</c>.</summary>
internal abstract class NumberedPageRequest : PageRequest
{
    /// <summary>How far pages reach; beyond, a cursor does.</summary>
    public const int MaxReach = 10_000;

    /// <summary>The page, from 1, in the place of a cursor: the total comes with it.</summary>
    [QueryParam]
    public int? Page { get; set; }

    /// <summary>How many items are before the page.</summary>
    public int Skip() => ((Page ?? 1) - 1) * PageSize();
}

/// <summary>What holds for every such list.</summary>
internal abstract class NumberedPageValidator<TRequest> : PageValidator<TRequest>
    where TRequest : NumberedPageRequest
{
    protected NumberedPageValidator(string list)
        : base(list) => RuleFor(request => request.Page).Custom((page, context) =>
        {
            if (page is null)
                return;
            var request = context.InstanceToValidate;
            if (request.Cursor is not null)
                context.AddFailure("Use either page or cursor, not both.");
            else if (page < 1)
                context.AddFailure("Pages begin with 1.");
            else if ((long)page * request.PageSize() > NumberedPageRequest.MaxReach)
                context.AddFailure($"Pages reach to item {NumberedPageRequest.MaxReach}: go on with cursor, which reaches all.");
        });
}

/// <summary>A part of a list.</summary>
/// <param name="Items">At most as many as <c>limit</c> said.</param>
/// <param name="NextCursor">What to ask for as <c>cursor</c> to get the next part; null when there is none.</param>
/// <param name="Page">The number of this page, if one was requested.</param>
/// <param name="Total">How many items the list has; counted up to 10,000.</param>
/// <param name="TotalIsExact">Whether it has exactly so many, or more.</param>
internal sealed record NumberedPage<T>(
    IReadOnlyList<T> Items,
    string? NextCursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Page,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Total,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? TotalIsExact);

/// <summary>
/// <c>GET</c> of a list with cursors and with numbered pages and their total. Each list has its own validator, derived from
/// <see cref="NumberedPageValidator{TRequest}"/>.
/// </summary>
/// <param name="name">The name of the list: its cursors are of no other.</param>
internal abstract class NumberedListEndpoint<TRequest, TItem>(string name)
    : Endpoint<TRequest, Results<Ok<NumberedPage<TItem>>, ProblemHttpResult>>
    where TRequest : NumberedPageRequest
{
    /// <summary>Its route, the scope that it needs, its tag and its summary in OpenAPI; a list of one thing has that in its
    /// route.</summary>
    protected void List(string route, string scope, string tag, string summary)
    {
        Get(route);
        Policies(scope);
        Description(endpoint =>
        {
            endpoint.Titled(tag, summary).Produces<NumberedPage<TItem>>().Refuses(400, 401, 403, 429, 503);
            if (route.Contains('{', StringComparison.Ordinal))
                endpoint.Refuses(404);
        });
    }

    public sealed override async Task<Results<Ok<NumberedPage<TItem>>, ProblemHttpResult>> ExecuteAsync(
        TRequest request, CancellationToken ct) =>
        await RefusalAsync(ct) is { } refusal ? refusal : TypedResults.Ok(await FindAsync(request, ct));

    /// <summary>Of a list of one thing, whether that is there: 404 if it is not, or is another's.</summary>
    protected virtual Task<ProblemHttpResult?> RefusalAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ProblemHttpResult?>(null);

    /// <summary>The part that was asked for; overridden where it is cached.</summary>
    protected virtual Task<NumberedPage<TItem>> FindAsync(TRequest request, CancellationToken cancellationToken) =>
        LoadAsync(request, cancellationToken);

    /// <summary>Reads the part, and counts if a page was asked for.</summary>
    protected async Task<NumberedPage<TItem>> LoadAsync(TRequest request, CancellationToken cancellationToken)
    {
        // one item more than the page holds says whether there is another page
        var items = await ReadAsync(request, Cursor.Of(name, request), request.Skip(), request.PageSize() + 1, cancellationToken);
        var page = Page<TItem>.Of(items, request.PageSize(), last => CursorOf(last).Encode(name));
        if (request.Page is null)
            return new(page.Items, page.NextCursor, null, null, null);
        var total = await CountAsync(request, NumberedPageRequest.MaxReach + 1, cancellationToken);
        return new(
            page.Items, page.NextCursor, request.Page, Math.Min(total, NumberedPageRequest.MaxReach),
            total <= NumberedPageRequest.MaxReach);
    }

    /// <summary>Reads at most so many items, in the order of the list.</summary>
    /// <param name="request">What to list; it was validated.</param>
    /// <param name="after">The item after which to go on; null for the first page, and where pages are numbered.</param>
    /// <param name="skip">How many items to pass over.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected abstract Task<List<TItem>> ReadAsync(
        TRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken);

    /// <summary>Counts the list, at most so far: <c>SELECT count(*) FROM (SELECT … LIMIT $n)</c>.</summary>
    protected abstract Task<int> CountAsync(TRequest request, int atMost, CancellationToken cancellationToken);

    /// <summary>Where the list goes on after this item.</summary>
    protected abstract Cursor CursorOf(TItem item);
}
