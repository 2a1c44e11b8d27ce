using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary><c>GET /api/enrichments/{id}</c>: an item, with a link to its file that ends after some minutes.</summary>
internal sealed class GetEnrichment(EnrichmentStore store)
    : EndpointWithoutRequest<Results<Ok<EnrichmentDetail>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/enrichments/{id:guid}");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Texts", "Read an item made of an SMS, with a link to its file")
            .Produces<EnrichmentDetail>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<EnrichmentDetail>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await store.FindAsync(id, HttpContext.Caller().UserId, HttpContext.Request, ct) is { } item
            ? TypedResults.Ok(item)
            : Problems.NotFound("item", id);
    }
}
