using FluentValidation;

namespace Switchboard.Edge.Api.Notifications.Webhooks;

/// <summary>Which deliveries to list.</summary>
internal sealed class ListWebhookDeliveriesRequest : PageRequest
{
    /// <summary>Only those in this state: pending, delivered or failed.</summary>
    [QueryParam]
    public string? State { get; set; }
}

internal sealed class ListWebhookDeliveriesValidator : PageValidator<ListWebhookDeliveriesRequest>
{
    public ListWebhookDeliveriesValidator()
        : base(ListWebhookDeliveries.Name) =>
        RuleFor(request => request.State).OneOf(["pending", "delivered", "failed"]).When(request => request.State is not null);
}

/// <summary>
/// <c>GET /api/webhook-endpoints/{id}/deliveries</c>: what was sent to an endpoint and what it answered, newest first.
/// </summary>
internal sealed class ListWebhookDeliveries(WebhookEndpointStore endpoints, WebhookDeliveries deliveries)
    : Endpoint<ListWebhookDeliveriesRequest, Results<Ok<Page<WebhookDeliveryResponse>>, ProblemHttpResult>>
{
    public const string Name = "webhook-deliveries";

    public override void Configure()
    {
        Get("/api/webhook-endpoints/{id:guid}/deliveries");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Webhook endpoints", "List what was delivered to a webhook endpoint, newest first")
            .Produces<Page<WebhookDeliveryResponse>>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<Page<WebhookDeliveryResponse>>, ProblemHttpResult>> ExecuteAsync(
        ListWebhookDeliveriesRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await endpoints.FindAsync(userId, id, ct) is null)
            return Problems.NotFound("webhook endpoint", id);
        var items = await deliveries.ListAsync(userId, id, request.State, Cursor.Of(Name, request)?.Id, request.PageSize() + 1, ct);
        return TypedResults.Ok(
            Page<WebhookDeliveryResponse>.Of(items, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
