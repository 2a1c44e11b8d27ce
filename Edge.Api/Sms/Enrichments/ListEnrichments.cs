using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>Which items to list.</summary>
internal sealed class ListEnrichmentsRequest : PageRequest
{
    /// <summary>Only those of SMS without media (sms), or with (mms).</summary>
    [QueryParam]
    public string? Source { get; set; }

    /// <summary>Only those in this state: pending, processing, completed or failed.</summary>
    [QueryParam]
    public string? Status { get; set; }

    /// <summary>Only those made at this time or later.</summary>
    [QueryParam]
    public DateTimeOffset? Since { get; set; }
}

internal sealed class ListEnrichmentsValidator : PageValidator<ListEnrichmentsRequest>
{
    private static readonly string[] Sources = ["sms", "mms"];

    public ListEnrichmentsValidator()
        : base(ListEnrichments.Name)
    {
        RuleFor(request => request.Source)
            .Must(source => Sources.Contains(source))
            .When(request => request.Source is not null)
            .WithMessage($"It must be one of {string.Join(", ", Sources)}.");
        RuleFor(request => request.Status)
            .Must(status => EnrichmentStatus.All.Contains(status))
            .When(request => request.Status is not null)
            .WithMessage($"It must be one of {string.Join(", ", EnrichmentStatus.All)}.");
    }
}

/// <summary><c>GET /api/enrichments</c>: what was made of the user's SMS, newest first.</summary>
internal sealed class ListEnrichments(EnrichmentStore store) : Endpoint<ListEnrichmentsRequest, Ok<Page<EnrichmentResponse>>>
{
    public const string Name = "enrichments";

    public override void Configure()
    {
        Get("/api/enrichments");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Texts", "List the items made of SMS, newest first")
            .Produces<Page<EnrichmentResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<EnrichmentResponse>>> ExecuteAsync(ListEnrichmentsRequest request, CancellationToken ct)
    {
        var items = await store.ListAsync(
            HttpContext.Caller().UserId, request.Source, request.Status, request.Since, Cursor.Of(Name, request)?.Id, request.PageSize() + 1, ct);
        return TypedResults.Ok(Page<EnrichmentResponse>.Of(
            items, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
