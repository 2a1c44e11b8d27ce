using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary><c>PUT /api/categories/{name}</c>: makes a category, or replaces what was set for one.</summary>
internal sealed class SetCategory(CategoryStore categories, IOptions<RecipientOptions> options)
    : Endpoint<CategoryRequest, Results<Created<CategorySettings>, Ok<CategorySettings>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Put("/api/categories/{name}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Categories", "Make a category, or replace what is set for one")
            .WithDescription($"One that is critical ignores preferences and quiet hours; it takes a key with the scope '{Scope.Critical}'.")
            .Produces<CategorySettings>().Produces<CategorySettings>(201).Refuses(400, 401, 403, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Created<CategorySettings>, Ok<CategorySettings>, ProblemHttpResult>> ExecuteAsync(
        CategoryRequest request, CancellationToken ct)
    {
        var (caller, name) = (HttpContext.Caller(), Names.OfRoute(HttpContext));
        if (!Names.IsName(name))
            return Problems.Invalid(new FieldError("name", Names.Rule));
        if (request.IsCritical == true && !caller.Has(Scope.Critical))
            return Problems.MissingScope($"For a critical category the key must have the scope '{Scope.Critical}'.");

        var (category, atMost) = (request.ToSettings(name), options.Value.MaxCategoriesPerUser);
        return await categories.SetAsync(caller.UserId, category, atMost, ct) switch
        {
            null => Problems.Conflict(FormattableString.Invariant($"A user has at most {atMost} categories.")),
            true => TypedResults.Created($"/api/categories/{name}", category),
            false => TypedResults.Ok(category),
        };
    }
}

/// <summary><c>GET /api/categories/{name}</c>.</summary>
internal sealed class GetCategory(CategoryStore categories) : EndpointWithoutRequest<Results<Ok<CategorySettings>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/categories/{name}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Categories", "Read a category")
            .Produces<CategorySettings>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<CategorySettings>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var name = Names.OfRoute(HttpContext);
        return Names.IsName(name) && await categories.FindAsync(HttpContext.Caller().UserId, name, ct) is { } category
            ? TypedResults.Ok(category)
            : Problems.NotFound("category", name);
    }
}

/// <summary>All categories of a user.</summary>
internal sealed record CategoryList(IReadOnlyList<CategorySettings> Items, string? NextCursor = null);

/// <summary><c>GET /api/categories</c>: all of them by name; there are few.</summary>
internal sealed class ListCategories(CategoryStore categories) : EndpointWithoutRequest<Ok<CategoryList>>
{
    public override void Configure()
    {
        Get("/api/categories");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Categories", "List categories by name, all at once")
            .Produces<CategoryList>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<CategoryList>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(new CategoryList(await categories.ListAsync(HttpContext.Caller().UserId, ct)));
}

/// <summary><c>DELETE /api/categories/{name}</c>: what recipients chose for it counts no more. The one named default stays.</summary>
internal sealed class DeleteCategory(CategoryStore categories) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/categories/{name}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Categories", "Delete a category")
            .Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var name = Names.OfRoute(HttpContext);
        if (name == CategorySettings.DefaultName)
            return Problems.Conflict($"The category '{CategorySettings.DefaultName}' is always there. PUT sets what holds for it.");
        return Names.IsName(name) && await categories.DeleteAsync(HttpContext.Caller().UserId, name, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("category", name);
    }
}
