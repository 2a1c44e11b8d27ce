using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary><c>GET /api/enrichments/{id}</c>: an item, with a link to its file that ends after some minutes.</summary>
internal sealed class GetEnrichment(NpgsqlDataSource database, MediaLinks links)
    : EndpointWithoutRequest<Results<Ok<EnrichmentDetail>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/enrichments/{id:guid}");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Texts", "Read an item made of a text, with a link to its file")
            .Produces<EnrichmentDetail>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<EnrichmentDetail>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await EnrichmentDetail.FindAsync(database, links, HttpContext.Request, id, HttpContext.Caller().UserId, ct) is { } item
            ? TypedResults.Ok(item)
            : Problems.NotFound("item", id);
    }
}
