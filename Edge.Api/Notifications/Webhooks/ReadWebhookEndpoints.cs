namespace Switchboard.Edge.Api.Notifications.Webhooks;

internal sealed class ListWebhookEndpointsRequest : PageRequest;

internal sealed class ListWebhookEndpointsValidator() : PageValidator<ListWebhookEndpointsRequest>(ListWebhookEndpoints.Name);

/// <summary><c>GET /api/webhook-endpoints</c>: the user's endpoints, newest first; never a secret.</summary>
internal sealed class ListWebhookEndpoints(WebhookEndpointStore store)
    : ListEndpoint<ListWebhookEndpointsRequest, WebhookEndpointResponse>(Name)
{
    public const string Name = "webhook-endpoints";

    public override void Configure() =>
        List("/api/webhook-endpoints", Scope.Notifications, "Webhook endpoints", "List webhook endpoints, newest first");

    protected override Task<List<WebhookEndpointResponse>> ReadAsync(
        ListWebhookEndpointsRequest request, Cursor? after, int take, CancellationToken cancellationToken) =>
        store.ListAsync(HttpContext.Caller().UserId, after?.Id, take, cancellationToken);

    protected override Cursor CursorOf(WebhookEndpointResponse item) => new(item.CreatedAt, item.Id);
}

/// <summary><c>GET /api/webhook-endpoints/{id}</c>.</summary>
internal sealed class GetWebhookEndpoint(WebhookEndpointStore store) : GetByIdEndpoint<WebhookEndpointResponse>("webhook endpoint")
{
    public override void Configure() =>
        Read("/api/webhook-endpoints/{id:guid}", Scope.Notifications, "Webhook endpoints", "Read a webhook endpoint");

    protected override Task<WebhookEndpointResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(userId, id, cancellationToken);
}

/// <summary><c>DELETE /api/webhook-endpoints/{id}</c>: with its secrets and what was delivered to it.</summary>
internal sealed class DeleteWebhookEndpoint(WebhookEndpointStore store) : DeleteByIdEndpoint("webhook endpoint")
{
    public override void Configure() =>
        Delete("/api/webhook-endpoints/{id:guid}", Scope.Notifications, "Webhook endpoints", "Delete a webhook endpoint");

    protected override Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        store.DeleteAsync(caller.UserId, id, cancellationToken);
}
