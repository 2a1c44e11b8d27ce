using FluentValidation;

namespace Switchboard.Edge.Api.Notifications.Templates;

/// <summary>A template with its first version.</summary>
internal sealed class CreateTemplateRequest : TemplateRequest
{
    /// <summary>The user's own name of it: lower-case letters, digits, hyphens, underscores and dots.</summary>
    public string? Key { get; init; }

    /// <summary>template (if left out), or layout: what templates are put into.</summary>
    public string? Kind { get; init; }
}

internal sealed class CreateTemplateValidator : TemplateRequestValidator<CreateTemplateRequest>
{
    public CreateTemplateValidator()
    {
        RuleFor(request => request.Key).Must(key => key is not null && Key().IsMatch(key)).WithMessage(KeyError);
        RuleFor(request => request.Kind)
            .OneOf([TemplateRequest.TemplateKind, TemplateRequest.LayoutKind]).When(request => request.Kind is not null);
    }
}

/// <summary><c>POST /api/templates</c>.</summary>
internal sealed class CreateTemplate(CreatingTransactions transactions, TemplateVersionStore store)
    : Endpoint<CreateTemplateRequest, Results<Created<TemplateSummary>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/templates");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Templates", "Create a template or a layout, as a draft")
            .Produces<TemplateSummary>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<TemplateSummary>, ProblemHttpResult>> ExecuteAsync(
        CreateTemplateRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var creation = await transactions.RunAsync(
            HttpContext, request, transaction => store.CreateAsync(transaction, userId, request, ct), ct);
        return creation.Refusal is { } refusal ? refusal : TypedResults.Created($"/api/templates/{creation.Answer!.Key}", creation.Answer);
    }
}

/// <summary>A further version of a template.</summary>
internal sealed class UpdateTemplateRequest : TemplateRequest;

internal sealed class UpdateTemplateValidator : TemplateRequestValidator<UpdateTemplateRequest>;

/// <summary><c>PUT /api/templates/{key}</c>: a new version, which is sent once it is published.</summary>
internal sealed class UpdateTemplate(TemplateVersionStore store)
    : Endpoint<UpdateTemplateRequest, Results<Ok<TemplateSummary>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Put("/api/templates/{key}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Templates", "Write a new version of a template, as a draft")
            .Produces<TemplateSummary>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override Task<Results<Ok<TemplateSummary>, ProblemHttpResult>> ExecuteAsync(
        UpdateTemplateRequest request, CancellationToken ct) =>
        store.AddVersionAsync(HttpContext.Caller().UserId, Route<string>("key")!, request, ct);
}

/// <summary><c>DELETE /api/templates/{key}</c>: with all its versions.</summary>
internal sealed class DeleteTemplate(TemplateVersionStore store) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/templates/{key}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Templates", "Delete a template with all its versions")
            .Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct) =>
        store.DeleteAsync(HttpContext.Caller().UserId, Route<string>("key")!, ct);
}
