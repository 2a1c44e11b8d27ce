using FluentValidation;

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
        RuleFor(request => request.Source).OneOf(Sources).When(request => request.Source is not null);
        RuleFor(request => request.Status).OneOf(EnrichmentStatus.All).When(request => request.Status is not null);
    }
}

/// <summary><c>GET /api/enrichments</c>: what was made of the user's SMS, newest first.</summary>
internal sealed class ListEnrichments(EnrichmentStore store) : ListEndpoint<ListEnrichmentsRequest, EnrichmentResponse>(Name)
{
    public const string Name = "enrichments";

    public override void Configure() => List("/api/enrichments", Scope.Sms, "SMS", "List the items made of SMS, newest first");

    protected override Task<List<EnrichmentResponse>> ReadAsync(
        ListEnrichmentsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, request.Source, request.Status, request.Since, after?.Id, take, cancellationToken);

    protected override Cursor CursorOf(EnrichmentResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/enrichments/{id}</c>: an item, with a link to its file that ends after some minutes.</summary>
internal sealed class GetEnrichment(EnrichmentStore store) : GetByIdEndpoint<EnrichmentDetail>("item")
{
    public override void Configure() =>
        Read("/api/enrichments/{id:guid}", Scope.Sms, "SMS", "Read an item made of an SMS, with a link to its file");

    protected override Task<EnrichmentDetail?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, HttpContext.Request, cancellationToken);
}
