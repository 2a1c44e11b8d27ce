using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>Which items to list.</summary>
internal sealed class ListEnrichmentsRequest : PageRequest
{
    /// <summary>Only those of texts without media (sms), or with (mms).</summary>
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

/// <summary><c>GET /api/enrichments</c>: what was made of the user's texts, newest first.</summary>
internal sealed class ListEnrichments(NpgsqlDataSource database) : Endpoint<ListEnrichmentsRequest, Ok<Page<EnrichmentResponse>>>
{
    public const string Name = "enrichments";

    // idx_enrichment_items_user, or with a status idx_enrichment_items_user_status
    private const string Sql =
        $"""
        SELECT {EnrichmentResponse.Columns}
        FROM enrichment_items i
        LEFT JOIN sms_messages m ON m.id = i.message_id
        WHERE i.user_id = $1
          AND ($2::text IS NULL OR i.status = $2)
          AND ($3::timestamptz IS NULL OR (i.created_at >= $3 AND i.id > $4::uuid))
          AND ($5::uuid IS NULL OR i.id < $5)
        ORDER BY i.id DESC
        LIMIT $6
        """;

    // idx_enrichment_items_user_source_status: a page of each state that is asked for, and the newest of those
    private const string BySourceSql =
        $"""
        SELECT {EnrichmentResponse.Columns}
        FROM unnest($2::text[]) AS wanted (status)
        CROSS JOIN LATERAL (
            SELECT *
            FROM enrichment_items
            WHERE user_id = $1 AND source = $7 AND status = wanted.status
              AND ($3::timestamptz IS NULL OR (created_at >= $3 AND id > $4::uuid))
              AND ($5::uuid IS NULL OR id < $5)
            ORDER BY id DESC
            LIMIT $6
        ) i
        LEFT JOIN sms_messages m ON m.id = i.message_id
        ORDER BY i.id DESC
        LIMIT $6
        """;

    public override void Configure()
    {
        Get("/api/enrichments");
        Policies(Scope.Texts);
        Description(endpoint => endpoint.Titled("Texts", "List the items made of texts, newest first")
            .Produces<Page<EnrichmentResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<EnrichmentResponse>>> ExecuteAsync(ListEnrichmentsRequest request, CancellationToken ct)
    {
        var items = await Command(request).ListAsync(EnrichmentResponse.Read, ct);
        return TypedResults.Ok(Page<EnrichmentResponse>.Of(
            items, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }

    private NpgsqlCommand Command(ListEnrichmentsRequest request)
    {
        var userId = HttpContext.Caller().UserId;
        Guid? lowest = request.Since is { } since ? TimeOrderedId.Before(since) : null;
        var after = Cursor.Of(Name, request)?.Id;
        var count = request.PageSize() + 1;
        return request.Source is null
            ? database.Command(Sql, userId, request.Status, request.Since, lowest, after, count)
            : database.Command(
                BySourceSql, userId, request.Status is { } status ? [status] : EnrichmentStatus.All, request.Since, lowest, after, count,
                request.Source);
    }
}
