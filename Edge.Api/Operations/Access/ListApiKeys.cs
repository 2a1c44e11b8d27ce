namespace Switchboard.Edge.Api.Operations.Access;

/// <summary>Whose keys to list.</summary>
internal sealed class ListApiKeysRequest : PageRequest
{
    /// <summary>Another user; for an administrator.</summary>
    [QueryParam]
    public Guid? UserId { get; set; }
}

internal sealed class ListApiKeysValidator() : PageValidator<ListApiKeysRequest>(ListApiKeys.Name);

/// <summary>
/// <c>GET /api/api-keys</c>: the keys of a user, newest first, revoked ones included; those that may do no more than the asking one.
/// </summary>
internal sealed class ListApiKeys(ApiKeyStore store) : Endpoint<ListApiKeysRequest, Results<Ok<Page<ApiKeyResponse>>, ProblemHttpResult>>
{
    public const string Name = "api-keys";

    public override void Configure()
    {
        Get("/api/api-keys");
        Policies(Scope.Keys);
        Description(endpoint => endpoint.Titled("Keys", "List keys, newest first")
            .Produces<Page<ApiKeyResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Results<Ok<Page<ApiKeyResponse>>, ProblemHttpResult>> ExecuteAsync(
        ListApiKeysRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        var userId = request.UserId ?? caller.UserId;
        if (userId != caller.UserId && !caller.IsAdmin)
            return Problems.MissingScope($"The keys of others are for keys with the scope '{Scope.Admin}'.");

        var keys = await store.ListAsync(caller, userId, Cursor.Of(Name, request), request.PageSize() + 1, ct);
        return TypedResults.Ok(Page<ApiKeyResponse>.Of(keys, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
