namespace Switchboard.Edge.Api.Platform;

/// <summary>
/// <c>GET</c> of a list: <c>?cursor=&amp;limit=</c> answering <c>{items, nextCursor}</c>. Each list has its own validator, derived
/// from <see cref="PageValidator{TRequest}"/>, that checks cursor and limit.
/// </summary>
/// <param name="name">The name of the list: its cursors are of no other.</param>
internal abstract class ListEndpoint<TRequest, TItem>(string name) : Endpoint<TRequest, Ok<Page<TItem>>>
    where TRequest : PageRequest
{
    /// <summary>Its route, the scope that it needs, its tag and its summary in OpenAPI.</summary>
    protected void List(string route, string scope, string tag, string summary)
    {
        Get(route);
        Policies(scope);
        Description(endpoint => endpoint.Titled(tag, summary).Produces<Page<TItem>>().Refuses(400, 401, 403, 429, 503));
    }

    public sealed override async Task<Ok<Page<TItem>>> ExecuteAsync(TRequest request, CancellationToken ct)
    {
        // one item more than the page holds says whether there is another page
        var items = await ReadAsync(request, Cursor.Of(name, request), request.PageSize() + 1, ct);
        return TypedResults.Ok(Page<TItem>.Of(items, request.PageSize(), last => CursorOf(last).Encode(name)));
    }

    /// <summary>Reads at most so many items, in the order of the list.</summary>
    /// <param name="request">What to list; it was validated.</param>
    /// <param name="after">The item after which to go on; null for the first page.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected abstract Task<List<TItem>> ReadAsync(TRequest request, Cursor? after, int take, CancellationToken cancellationToken);

    /// <summary>Where the list goes on after this item.</summary>
    protected abstract Cursor CursorOf(TItem item);
}

/// <summary><c>GET</c> of one thing by the <c>id</c> of its route: 404 if it is not there, or is another's.</summary>
/// <param name="what">What it is, for people: <c>rule</c>.</param>
internal abstract class GetByIdEndpoint<TResponse>(string what) : EndpointWithoutRequest<Results<Ok<TResponse>, ProblemHttpResult>>
    where TResponse : class
{
    /// <summary>Its route, the scope that it needs, its tag and its summary in OpenAPI.</summary>
    protected void Read(string route, string scope, string tag, string summary)
    {
        Get(route);
        Policies(scope);
        Description(endpoint => endpoint.Titled(tag, summary).Produces<TResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public sealed override async Task<Results<Ok<TResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await FindAsync(HttpContext.Caller().UserId, id, ct) is { } found ? TypedResults.Ok(found) : Problems.NotFound(what, id);
    }

    /// <summary>The thing, if this user has it.</summary>
    protected abstract Task<TResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken);
}

/// <summary><c>DELETE</c> of one thing by the <c>id</c> of its route: 404 if it is not there, or is another's.</summary>
/// <param name="what">What it is, for people: <c>rule</c>.</param>
internal abstract class DeleteByIdEndpoint(string what) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    /// <summary>Where it is, who may delete it, and what its page of the API says.</summary>
    protected void Delete(string route, string scope, string tag, string summary)
    {
        Delete(route);
        Policies(scope);
        Description(endpoint => endpoint.Titled(tag, summary).Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public sealed override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await DeleteAsync(HttpContext.Caller(), id, ct) ? TypedResults.NoContent() : Problems.NotFound(what, id);
    }

    /// <summary>Deletes the thing, with what follows from that.</summary>
    /// <returns>Whether the caller has it.</returns>
    protected abstract Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken);
}
