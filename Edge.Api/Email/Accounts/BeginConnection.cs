using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Edge.Api.Platform.Connections;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>A mailbox to connect.</summary>
internal sealed class BeginConnectionRequest
{
    /// <summary>gmail or microsoft.</summary>
    public string? Provider { get; init; }

    /// <summary>Which mailbox, so that no other is connected by mistake; left out, the one that the account holder chooses.</summary>
    public string? Address { get; init; }

    /// <summary>What is tracked; left out, all sent mail, or what was tracked before.</summary>
    public TrackingPolicyRequest? Tracking { get; init; }
}

internal sealed class BeginConnectionValidator : Validator<BeginConnectionRequest>
{
    public BeginConnectionValidator()
    {
        RuleFor(request => request.Provider).OneOf(MailProviders.All);
        RuleFor(request => request.Address).EmailAddress().Text(320).When(request => request.Address is not null);
        RuleFor(request => request.Tracking!).SetValidator(new TrackingPolicyRequestValidator()).When(request => request.Tracking is not null);
    }
}

/// <summary>An authorization that was started.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">gmail or microsoft.</param>
/// <param name="AuthorizationUrl">The page where the account holder confirms it, and goes on to the provider. Shown once: a request that
/// comes again with its <c>Idempotency-Key</c> gets null.</param>
/// <param name="ExpiresAt">Until when they may come back.</param>
internal sealed record BeginConnectionResponse(Guid Id, string Provider, string? AuthorizationUrl, DateTimeOffset ExpiresAt)
    : IShownOnce<BeginConnectionResponse>
{
    public BeginConnectionResponse WithoutSecret() => this with { AuthorizationUrl = null };
}

/// <summary>
/// <c>POST /api/accounts/email</c>: starts to connect a mailbox. The account holder opens the authorization URL in a browser, sees at
/// <see cref="ShowConnection"/> who asks, confirms, and authorizes it at the provider; that leads to <see cref="FinishConnection"/>, which
/// connects it.
/// </summary>
internal sealed class BeginConnection(
    CreatingTransactions transactions, DailyQuotas quotas, OAuthConnections connections, IOptionsMonitor<MailProviderOptions> options)
    : Endpoint<BeginConnectionRequest, Results<Created<BeginConnectionResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/accounts/email");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Accounts", "Start connecting a mailbox")
            .Produces<BeginConnectionResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<BeginConnectionResponse>, ProblemHttpResult>> ExecuteAsync(
        BeginConnectionRequest request, CancellationToken ct)
    {
        var provider = HttpContext.RequestServices.GetRequiredKeyedService<OAuthProvider>(request.Provider!);
        if (provider.ClientId.Length == 0)
            return Problems.For(
                StatusCodes.Status503ServiceUnavailable,
                $"No mailbox of {provider.Label} can be connected until the id of the application that is registered there is set.");
        if (await quotas.TakeAsync(HttpContext, Quota.Mailboxes, HttpContext.Caller().UserId, ct) is { } usedUp)
            return usedUp;

        var creation = await transactions.RunAsync(
            HttpContext, request, transaction => InsertAsync(transaction, provider, request, ct), ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        return creation.Refusal is { } refusal ? refusal : TypedResults.Created((string?)null, creation.Answer);
    }

    private async Task<Creation<BeginConnectionResponse>> InsertAsync(
        NpgsqlTransaction transaction, OAuthProvider provider, BeginConnectionRequest request, CancellationToken cancellationToken)
    {
        var edge = ConnectionSubject.Edge(options.Get(provider.Name).PublicBaseUrl, HttpContext.Request);
        var (pending, state) = await connections.BeginAsync(
            transaction, HttpContext.Caller().UserId, provider, edge + ConnectionSubject.Mailbox.Callback,
            request.Address?.Trim().ToLowerInvariant(),
            request.Tracking is { } tracking ? TrackingJson.Write(tracking.ToPolicy()) : null, cancellationToken);
        return Creation<BeginConnectionResponse>.Made(
            new(pending.Id, provider.Name, edge + ConnectionSubject.Mailbox.PageOf(state), pending.ExpiresAt.ToStorable()));
    }
}
