using System.Text.Json.Serialization;
using FluentValidation;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Notifications.Webhooks;

/// <summary>What of an endpoint to change: what is left out stays.</summary>
internal sealed class ChangeWebhookEndpointRequest
{
    public string? Url { get; init; }

    public IReadOnlyList<string?>? Events { get; init; }

    public string? Description { get; init; }

    /// <summary>null: as much as there is.</summary>
    public int? RatePerSecond
    {
        get;
        init
        {
            field = value;
            SaysRate = true;
        }
    }

    /// <summary>Whether the request says anything about the rate; null is something.</summary>
    [JsonIgnore]
    public bool SaysRate { get; private init; }
}

internal sealed class ChangeWebhookEndpointValidator : Validator<ChangeWebhookEndpointRequest>
{
    public ChangeWebhookEndpointValidator()
    {
        RuleFor(request => request.Url).NotEmpty().Text(WebhookUrl.MaxLength).When(request => request.Url is not null);
        RuleFor(request => request.Events).NotEmpty().When(request => request.Events is not null);
        RuleFor(request => request.Events).ListOf(WebhookRules.MaxEvents, WebhookRules.MaxEventLength, WebhookRules.EventError);
        RuleFor(request => request.Description).Text(WebhookRules.MaxDescription);
        RuleFor(request => request.RatePerSecond).InclusiveBetween(1, WebhookRules.MaxRate);
        RuleFor(request => request)
            .Must(request => request.Url is not null || request.Events is not null || request.Description is not null || request.SaysRate)
            .OverridePropertyName("$")
            .WithMessage("It must say url, events, description or ratePerSecond.");
    }
}

/// <summary><c>PATCH /api/webhook-endpoints/{id}</c>: a new URL is looked at as that of a new endpoint.</summary>
internal sealed class ChangeWebhookEndpoint(NpgsqlDataSource dataSource, WebhookEndpointStore store, WebhookUrls urls)
    : Endpoint<ChangeWebhookEndpointRequest, Results<Ok<WebhookEndpointResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/webhook-endpoints/{id:guid}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Webhook endpoints", "Change a webhook endpoint")
            .Produces<WebhookEndpointResponse>().Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<WebhookEndpointResponse>, ProblemHttpResult>> ExecuteAsync(
        ChangeWebhookEndpointRequest request, CancellationToken ct)
    {
        if (request.Url is { } url && await urls.ErrorOfAsync(url, ct) is { } error)
            return Problems.Invalid(new FieldError("url", error));

        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await WebhookEndpointStore.LockAsync(transaction, userId, id, ct) is not { } found)
            return Problems.NotFound("webhook endpoint", id);
        var changed = await store.ChangeAsync(
            transaction,
            userId,
            found with
            {
                Url = request.Url is null ? found.Url : new Uri(request.Url).AbsoluteUri,
                Events = request.Events is null ? found.Events : WebhookRules.Events(request.Events),
                Description = request.Description?.Trim() ?? found.Description,
                RatePerSecond = request.SaysRate ? request.RatePerSecond : found.RatePerSecond,
            },
            ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Ok(changed);
    }
}

/// <summary><c>POST /api/webhook-endpoints/{id}/enable</c>: turns on again what was turned off.</summary>
internal sealed class EnableWebhookEndpoint(WebhookEndpointStore store)
    : EndpointWithoutRequest<Results<Ok<WebhookEndpointResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhook-endpoints/{id:guid}/enable");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Webhook endpoints", "Turn a webhook endpoint on again")
            .Produces<WebhookEndpointResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<WebhookEndpointResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await store.EnableAsync(HttpContext.Caller().UserId, id, ct) is { } enabled
            ? TypedResults.Ok(enabled)
            : Problems.NotFound("webhook endpoint", id);
    }
}

/// <summary>A new secret, and the one time that it is shown.</summary>
/// <param name="Secret">What signs from now on; null when the answer is given again for an <c>Idempotency-Key</c>.</param>
/// <param name="FormerUntil">Until when the former one signs too.</param>
internal sealed record RotatedSecretResponse(string? Secret, DateTimeOffset FormerUntil) : IShownOnce<RotatedSecretResponse>
{
    public RotatedSecretResponse WithoutSecret() => this with { Secret = null };
}

/// <summary><c>POST /api/webhook-endpoints/{id}/rotate</c>: a new secret; for a while both sign.</summary>
internal sealed class RotateWebhookSecret(
    CreatingTransactions transactions, WebhookEndpointStore store, IOptions<WebhookEndpointOptions> options, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Ok<RotatedSecretResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhook-endpoints/{id:guid}/rotate");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Webhook endpoints", "Give a webhook endpoint a new secret; it is shown once")
            .Produces<RotatedSecretResponse>().Refuses(401, 403, 404, 409, 422, 429, 503));
    }

    public override async Task<Results<Ok<RotatedSecretResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        var until = timeProvider.GetUtcNow().AddHours(options.Value.RotationOverlapHours).ToStorable();
        var creation = await transactions.RunAsync<string, RotatedSecretResponse>(
            HttpContext,
            "rotate",
            async transaction => await WebhookEndpointStore.LockAsync(transaction, userId, id, ct) is null
                ? Creation<RotatedSecretResponse>.Refused(Problems.NotFound("webhook endpoint", id))
                : Creation<RotatedSecretResponse>.Made(new(await store.RotateAsync(transaction, userId, id, until, ct), until)),
            ct);
        return creation.Refusal is { } refusal ? refusal : TypedResults.Ok(creation.Answer);
    }
}
