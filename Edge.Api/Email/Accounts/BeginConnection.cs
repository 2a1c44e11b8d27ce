using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>A mailbox of Microsoft 365 to connect.</summary>
internal sealed class BeginConnectionRequest
{
    /// <summary>microsoft.</summary>
    public string? Provider { get; init; }

    /// <summary>Which mailbox, so that no other is connected by mistake; left out, the one that the account holder chooses.</summary>
    public string? Address { get; init; }

    /// <summary>What is tracked; left out, all sent mail, or what was tracked before.</summary>
    public TrackingRequest? Tracking { get; init; }
}

internal sealed class BeginConnectionValidator : Validator<BeginConnectionRequest>
{
    public BeginConnectionValidator()
    {
        RuleFor(request => request.Provider)
            .Equal(AccountProvider.Microsoft)
            .WithMessage("It must be microsoft. A mailbox of Gmail is connected at POST /api/mailboxes.");
        RuleFor(request => request.Address).EmailAddress().Text(320).When(request => request.Address is not null);
        RuleFor(request => request.Tracking!).SetValidator(new TrackingRequestValidator()).When(request => request.Tracking is not null);
    }
}

/// <summary>What was started.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">microsoft.</param>
/// <param name="AuthorizationUrl">Where the account holder authorizes it.</param>
/// <param name="ExpiresAt">Until when they may come back.</param>
internal sealed record BeginConnectionResponse(Guid Id, string Provider, string AuthorizationUrl, DateTimeOffset ExpiresAt);

/// <summary>
/// <c>POST /api/accounts/email</c>: starts to connect a mailbox. The account holder opens the authorization URL in a browser and authorizes
/// it; that leads to <see cref="FinishConnection"/>, which connects it.
/// </summary>
internal sealed class BeginConnection(
    CreatingTransactions transactions, DailyQuotas quotas, SecretProtector secrets, IOptions<GraphAccountOptions> options, TimeProvider timeProvider)
    : Endpoint<BeginConnectionRequest, Results<Created<BeginConnectionResponse>, ProblemHttpResult>>
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public override void Configure()
    {
        Post("/api/accounts/email");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Accounts", "Start to connect a mailbox of Microsoft 365")
            .Produces<BeginConnectionResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<BeginConnectionResponse>, ProblemHttpResult>> ExecuteAsync(
        BeginConnectionRequest request, CancellationToken cancellationToken)
    {
        if (options.Value.ClientId.Length == 0)
            return Problems.For(
                StatusCodes.Status503ServiceUnavailable,
                "No mailbox of Microsoft 365 can be connected as long as Graph:ClientId is not set: the id of the application that is registered for it.");
        if (await quotas.TakeAsync(HttpContext, Quota.Mailboxes, HttpContext.Caller().UserId, cancellationToken) is { } usedUp)
            return usedUp;

        var creation = await transactions.RunAsync(
            HttpContext, request, transaction => InsertAsync(transaction, request, cancellationToken), cancellationToken);
        return creation.Refusal is { } refusal ? refusal : TypedResults.Created((string?)null, creation.Answer);
    }

    private async Task<Creation<BeginConnectionResponse>> InsertAsync(
        NpgsqlTransaction transaction, BeginConnectionRequest request, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().ToStorable();
        var (state, verifier) = (ConnectionState.New(), Pkce.NewVerifier());
        var address = request.Address?.Trim().ToLowerInvariant();
        var redirect = AuthorizationUrl.Redirect(options.Value.PublicBaseUrl, HttpContext.Request);
        var started = new PendingConnection(
            Guid.CreateVersion7(now), HttpContext.Caller().UserId, secrets.Protect(verifier, PendingConnection.VerifierPurpose), redirect,
            address, request.Tracking is { } tracking ? TrackingJson.Write(tracking.ToPolicy()) : null);
        await ConnectionStore.InsertAsync(
            transaction, started, AccountProvider.Microsoft, ConnectionState.Hash(state)!, now, now + Life, cancellationToken);
        return Creation<BeginConnectionResponse>.Made(new(
            started.Id, AccountProvider.Microsoft, AuthorizationUrl.Of(options.Value, redirect, state, verifier, address), now + Life));
    }
}
