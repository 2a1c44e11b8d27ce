using FluentValidation;

namespace Switchboard.Edge.Api.Notifications.Webhooks;

/// <summary>A delivery that is on its way.</summary>
internal sealed record SentWebhookResponse(Guid DeliveryId);

/// <summary>What the endpoints that send webhooks by hand have in common: an endpoint of the caller's, which is not turned off.</summary>
internal static class SendingEndpoint
{
    /// <summary>Why nothing can be sent to an endpoint; null when it can.</summary>
    public static async Task<ProblemHttpResult?> RefusalAsync(
        this WebhookEndpointStore endpoints, Guid userId, Guid id, CancellationToken cancellationToken) =>
        await endpoints.FindAsync(userId, id, cancellationToken) switch
        {
            null => Problems.NotFound("webhook endpoint", id),
            { DisabledReason: { } reason } => Problems.Conflict(
                $"The endpoint is turned off. {reason} POST /api/webhook-endpoints/{id}/enable first."),
            _ => null,
        };
}

/// <summary><c>POST /api/webhook-endpoints/{id}/test</c>: sends a message of type <c>webhook.test</c>, whatever the endpoint
/// takes.</summary>
internal sealed class TestWebhookEndpoint(WebhookEndpointStore endpoints, WebhookDeliveries deliveries)
    : EndpointWithoutRequest<Results<Accepted<SentWebhookResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhook-endpoints/{id:guid}/test");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Webhook endpoints", "Send a test to a webhook endpoint")
            .Produces<SentWebhookResponse>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<SentWebhookResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await endpoints.RefusalAsync(userId, id, ct) is { } refusal)
            return refusal;
        var delivery = await deliveries.TestAsync(userId, id, ct);
        return delivery == Guid.Empty
            ? Problems.NotFound("webhook endpoint", id)
            : TypedResults.Accepted($"/api/webhook-endpoints/{id}/deliveries", new SentWebhookResponse(delivery));
    }
}

/// <summary><c>POST /api/webhook-endpoints/{id}/deliveries/{deliveryId}/resend</c>: sends once more what was delivered or given
/// up.</summary>
internal sealed class ResendWebhook(WebhookEndpointStore endpoints, WebhookDeliveries deliveries)
    : EndpointWithoutRequest<Results<Accepted<SentWebhookResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhook-endpoints/{id:guid}/deliveries/{deliveryId:guid}/resend");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Webhook endpoints", "Send a delivery once more")
            .Produces<SentWebhookResponse>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<SentWebhookResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id, deliveryId) = (HttpContext.Caller().UserId, Route<Guid>("id"), Route<Guid>("deliveryId"));
        if (await endpoints.RefusalAsync(userId, id, ct) is { } refusal)
            return refusal;
        return await deliveries.ResendAsync(userId, id, deliveryId, ct) switch
        {
            (true, _) => TypedResults.Accepted($"/api/webhook-endpoints/{id}/deliveries", new SentWebhookResponse(deliveryId)),
            (_, null) => Problems.NotFound("delivery", deliveryId),
            _ => Problems.Conflict("The delivery is on its way already."),
        };
    }
}

/// <summary>Of which time to send again what has failed.</summary>
internal sealed class RecoverWebhooksRequest
{
    public DateTimeOffset? Since { get; init; }

    /// <summary>Left out, until now.</summary>
    public DateTimeOffset? Until { get; init; }
}

internal sealed class RecoverWebhooksValidator : Validator<RecoverWebhooksRequest>
{
    public RecoverWebhooksValidator()
    {
        RuleFor(request => request.Since).NotNull();
        RuleFor(request => request.Until).GreaterThan(request => request.Since)
            .When(request => request is { Since: not null, Until: not null }).WithMessage("It must be after since.");
    }
}

/// <summary>How many are sent again.</summary>
/// <param name="Recovered">How many.</param>
/// <param name="IsComplete">Whether there are no more; if there are, once more.</param>
internal sealed record RecoveredWebhooksResponse(int Recovered, bool IsComplete);

/// <summary><c>POST /api/webhook-endpoints/{id}/recover</c>: sends again what has failed of a span of time, a thousand at a time.</summary>
internal sealed class RecoverWebhooks(WebhookEndpointStore endpoints, WebhookDeliveries deliveries, TimeProvider timeProvider)
    : Endpoint<RecoverWebhooksRequest, Results<Accepted<RecoveredWebhooksResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhook-endpoints/{id:guid}/recover");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Webhook endpoints", "Send again what has failed in a span of time")
            .Produces<RecoveredWebhooksResponse>(202).Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Accepted<RecoveredWebhooksResponse>, ProblemHttpResult>> ExecuteAsync(
        RecoverWebhooksRequest request, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await endpoints.RefusalAsync(userId, id, ct) is { } refusal)
            return refusal;
        var recovered = await deliveries.RecoverAsync(userId, id, request.Since!.Value, request.Until ?? timeProvider.GetUtcNow(), ct);
        return TypedResults.Accepted(
            $"/api/webhook-endpoints/{id}/deliveries",
            new RecoveredWebhooksResponse(recovered, recovered < WebhookDeliveries.MostRecovered));
    }
}
