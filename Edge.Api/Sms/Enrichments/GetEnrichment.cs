using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary><c>GET /api/enrichments/{id}</c>: an item, with a link to its file that ends after some minutes.</summary>
internal sealed class GetEnrichment(EnrichmentStore store) : GetByIdEndpoint<EnrichmentDetail>("item")
{
    public override void Configure() =>
        Read("/api/enrichments/{id:guid}", Scope.Texts, "SMS", "Read an item made of an SMS, with a link to its file");

    protected override Task<EnrichmentDetail?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, HttpContext.Request, cancellationToken);
}
