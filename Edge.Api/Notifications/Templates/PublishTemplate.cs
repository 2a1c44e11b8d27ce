using FluentValidation;

namespace Switchboard.Edge.Api.Notifications.Templates;

/// <summary>Which version to publish.</summary>
internal sealed class PublishTemplateRequest
{
    /// <summary>Left out, the latest.</summary>
    public int? Version { get; init; }
}

internal sealed class PublishTemplateValidator : Validator<PublishTemplateRequest>
{
    public PublishTemplateValidator() => RuleFor(request => request.Version).GreaterThan(0);
}

/// <summary><c>POST /api/templates/{key}/publish</c>: this version is sent from now on.</summary>
internal sealed class PublishTemplate(TemplateVersionStore store)
    : Endpoint<PublishTemplateRequest, Results<Ok<TemplateSummary>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/templates/{key}/publish");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Templates", "Publish a version of a template, the latest if none is named")
            .Produces<TemplateSummary>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override Task<Results<Ok<TemplateSummary>, ProblemHttpResult>> ExecuteAsync(
        PublishTemplateRequest request, CancellationToken ct) =>
        store.PublishAsync(HttpContext.Caller().UserId, Route<string>("key")!, request.Version, isRollback: false, ct);
}

/// <summary>Which version to go back to.</summary>
internal sealed class RollBackTemplateRequest
{
    public int? Version { get; init; }
}

internal sealed class RollBackTemplateValidator : Validator<RollBackTemplateRequest>
{
    public RollBackTemplateValidator() => RuleFor(request => request.Version).NotNull().GreaterThan(0);
}

/// <summary><c>POST /api/templates/{key}/rollback</c>: a version that was published before is sent again.</summary>
internal sealed class RollBackTemplate(TemplateVersionStore store)
    : Endpoint<RollBackTemplateRequest, Results<Ok<TemplateSummary>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/templates/{key}/rollback");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Templates", "Go back to a version that was published before")
            .Produces<TemplateSummary>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override Task<Results<Ok<TemplateSummary>, ProblemHttpResult>> ExecuteAsync(
        RollBackTemplateRequest request, CancellationToken ct) =>
        store.PublishAsync(HttpContext.Caller().UserId, Route<string>("key")!, request.Version, isRollback: true, ct);
}
