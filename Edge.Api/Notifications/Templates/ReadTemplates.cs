using FluentValidation;

namespace Switchboard.Edge.Api.Notifications.Templates;

/// <summary>Which templates to list.</summary>
internal sealed class ListTemplatesRequest : PageRequest
{
    /// <summary>template or layout; left out, both.</summary>
    [QueryParam]
    public string? Kind { get; set; }
}

internal sealed class ListTemplatesValidator : PageValidator<ListTemplatesRequest>
{
    public ListTemplatesValidator()
        : base(ListTemplates.Name) =>
        RuleFor(request => request.Kind)
            .OneOf([TemplateRequest.TemplateKind, TemplateRequest.LayoutKind]).When(request => request.Kind is not null);
}

/// <summary><c>GET /api/templates</c>: the user's templates and layouts, newest first.</summary>
internal sealed class ListTemplates(TemplateVersionStore store) : ListEndpoint<ListTemplatesRequest, TemplateSummary>(Name)
{
    public const string Name = "templates";

    public override void Configure() =>
        List("/api/templates", Scope.Notifications, "Templates", "List templates and layouts, newest first");

    protected override Task<List<TemplateSummary>> ReadAsync(
        ListTemplatesRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, request.Kind, after, take, cancellationToken);

    protected override Cursor CursorOf(TemplateSummary item) => new(item.CreatedAt, item.Id);
}

/// <summary>Which version to read.</summary>
internal sealed class GetTemplateRequest
{
    /// <summary>Left out, the latest.</summary>
    [QueryParam]
    public int? Version { get; set; }
}

/// <summary><c>GET /api/templates/{key}</c>: a version of a template, and which versions there are.</summary>
internal sealed class GetTemplate(TemplateVersionStore store)
    : Endpoint<GetTemplateRequest, Results<Ok<TemplateResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/templates/{key}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Templates", "Read a template: a version, the latest if none is named, and which there are")
            .Produces<TemplateResponse>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<TemplateResponse>, ProblemHttpResult>> ExecuteAsync(
        GetTemplateRequest request, CancellationToken ct)
    {
        var key = Route<string>("key")!;
        return await store.FindAsync(HttpContext.Caller().UserId, key, request.Version, ct) is { } found
            ? TypedResults.Ok(found)
            : TemplateVersionStore.NotFound(key, request.Version);
    }
}
