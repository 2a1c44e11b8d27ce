using FluentValidation;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Notifications.Webhooks;

/// <summary>An endpoint to make.</summary>
internal sealed class CreateWebhookEndpointRequest
{
    /// <summary>Where webhooks are posted: https, at an address of the internet.</summary>
    public string? Url { get; init; }

    /// <summary>What it takes: types (<c>email.replied</c>) and patterns (<c>notification.*</c>, <c>*</c>).</summary>
    public IReadOnlyList<string?>? Events { get; init; }

    public string? Description { get; init; }

    /// <summary>How much it takes at the most; left out, as much as there is.</summary>
    public int? RatePerSecond { get; init; }
}

internal sealed class CreateWebhookEndpointValidator : Validator<CreateWebhookEndpointRequest>
{
    public CreateWebhookEndpointValidator()
    {
        RuleFor(request => request.Url).NotEmpty().Text(WebhookUrl.MaxLength);
        RuleFor(request => request.Events).NotEmpty().ListOf(WebhookRules.MaxEvents, WebhookRules.MaxEventLength, WebhookRules.EventError);
        RuleFor(request => request.Description).Text(WebhookRules.MaxDescription);
        RuleFor(request => request.RatePerSecond).InclusiveBetween(1, WebhookRules.MaxRate);
    }
}

/// <summary>
/// What was made, and the one time that the secret is shown: it is null when the answer is given again for an <c>Idempotency-Key</c>.
/// </summary>
internal sealed record CreateWebhookEndpointResponse(
    Guid Id,
    string Url,
    IReadOnlyList<string> Events,
    string Description,
    int? RatePerSecond,
    string? Secret,
    DateTimeOffset CreatedAt) : IShownOnce<CreateWebhookEndpointResponse>
{
    public CreateWebhookEndpointResponse WithoutSecret() => this with { Secret = null };
}

/// <summary><c>POST /api/webhook-endpoints</c>: a place to which events and messages of the user are posted.</summary>
internal sealed class CreateWebhookEndpoint(
    CreatingTransactions transactions, WebhookEndpointStore store, WebhookUrls urls, IOptions<WebhookEndpointOptions> options,
    TimeProvider timeProvider)
    : Endpoint<CreateWebhookEndpointRequest, Results<Created<CreateWebhookEndpointResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/webhook-endpoints");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Webhook endpoints", "Create a webhook endpoint; its secret is shown once")
            .Produces<CreateWebhookEndpointResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<CreateWebhookEndpointResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateWebhookEndpointRequest request, CancellationToken ct)
    {
        // before the transaction: it may ask for a name
        if (await urls.ErrorOfAsync(request.Url!, ct) is { } error)
            return Problems.Invalid(new FieldError("url", error));

        var creation = await transactions.RunAsync(HttpContext, request, transaction => InsertAsync(transaction, request, ct), ct);
        return creation.Refusal is { } refusal
            ? refusal
            : TypedResults.Created($"/api/webhook-endpoints/{creation.Answer!.Id}", creation.Answer);
    }

    private async Task<Creation<CreateWebhookEndpointResponse>> InsertAsync(
        NpgsqlTransaction transaction, CreateWebhookEndpointRequest request, CancellationToken cancellationToken)
    {
        var userId = HttpContext.Caller().UserId;
        if (await WebhookEndpointStore.CountAsync(transaction, userId, cancellationToken) >= options.Value.MaxEndpointsPerUser)
            return Creation<CreateWebhookEndpointResponse>.Refused(
                Problems.Conflict($"A user has at most {options.Value.MaxEndpointsPerUser} webhook endpoints. Delete one that is not used."));

        var now = timeProvider.GetUtcNow().ToStorable();
        var made = new WebhookEndpointResponse(
            Guid.CreateVersion7(now), new Uri(request.Url!).AbsoluteUri, WebhookRules.Events(request.Events!),
            request.Description?.Trim() ?? "",
            request.RatePerSecond, null, null, null, now, now);
        var secret = await store.InsertAsync(transaction, userId, made, cancellationToken);
        return Creation<CreateWebhookEndpointResponse>.Made(
            new(made.Id, made.Url, made.Events, made.Description, made.RatePerSecond, secret, now));
    }
}
