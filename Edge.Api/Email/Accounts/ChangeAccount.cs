using System.Text.Json.Serialization;
using FluentValidation;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Email.Syncs;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What of an account to change: what is left out stays.</summary>
internal sealed class ChangeAccountRequest
{
    /// <summary>active or paused.</summary>
    public string? Status { get; init; }

    /// <summary>What is tracked, as a whole; null: nothing.</summary>
    public TrackingPolicyRequest? Tracking
    {
        get;
        init
        {
            field = value;
            SaysTracking = true;
        }
    }

    /// <summary>Whether the request says anything about it; null is something.</summary>
    [JsonIgnore]
    public bool SaysTracking { get; private init; }
}

internal sealed class ChangeAccountValidator : Validator<ChangeAccountRequest>
{
    public ChangeAccountValidator()
    {
        RuleFor(request => request.Status)
            .Must(status => status is AccountStatus.Active or AccountStatus.Paused)
            .When(request => request.Status is not null)
            .WithMessage("It must be active or paused.");
        RuleFor(request => request.Tracking!).SetValidator(new TrackingPolicyRequestValidator()).When(request => request.Tracking is not null);
        RuleFor(request => request)
            .Must(request => request.Status is not null || request.SaysTracking)
            .OverridePropertyName("$")
            .WithMessage("It must say status, tracking, or both.");
    }
}

/// <summary>
/// <c>PATCH /api/accounts/email/{id}</c>: pauses an account, resumes it, or changes what is tracked of it from now on. A full sync that
/// is unfinished is paused and resumed with it.
/// </summary>
internal sealed class ChangeAccount(NpgsqlDataSource dataSource, JobOutbox outbox, AccountCache cache, TimeProvider timeProvider)
    : Endpoint<ChangeAccountRequest, Results<Ok<AccountResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/accounts/email/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Accounts", "Pause a mailbox, resume it, or change what is tracked of it")
            .Produces<AccountResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> ExecuteAsync(
        ChangeAccountRequest request, CancellationToken cancellationToken)
    {
        var staged = new List<OutgoingJob>();
        var (account, refusal) = await WriteAsync(Route<Guid>("id"), request, staged, cancellationToken);
        if (account is null)
            return refusal!;

        await cache.ForgetAsync(HttpContext.Caller().UserId, account.Id);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return TypedResults.Ok(account);
    }

    // the connection is back in the pool when this returns: none is held while Redis and the broker are called
    private async Task<(AccountResponse? Account, ProblemHttpResult? Refusal)> WriteAsync(
        Guid id, ChangeAccountRequest request, List<OutgoingJob> staged, CancellationToken cancellationToken)
    {
        var userId = HttpContext.Caller().UserId;
        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await AccountStore.LockAsync(transaction, id, userId, cancellationToken) is not { } found)
            return (null, Problems.NotFound("account", id));
        if (AccountChange.Refusal(found.Status, request.Status) is { } reason)
            return (null, Problems.Conflict(reason));

        var tracking = request.Tracking is { } wanted ? TrackingJson.Write(wanted.ToPolicy()) : null;
        await AccountStore.ChangeAsync(
            transaction, id, userId, request.Status, request.SaysTracking, tracking, now, cancellationToken);
        if (AccountChange.Pauses(found.Status, request.Status))
            await SyncStore.PauseAsync(transaction, id, userId, now, cancellationToken);
        if (AccountChange.Resumes(found.Status, request.Status))
        {
            staged.Add(new(AccountConnector.ReadNow(found.Provider, found.Id, found.Address, now)));
            await outbox.StageAsync(connection, transaction, staged, cancellationToken);
        }

        var account = await AccountStore.FindAsync(transaction, id, userId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (account, null);
    }
}

/// <summary>What follows from a change of an account's status. Pure decisions.</summary>
internal static class AccountChange
{
    /// <summary>Why its status cannot be that, and what to do; null when it can.</summary>
    public static string? Refusal(string current, string? wanted) => current == AccountStatus.Revoked && wanted is not null
        ? "The permission to read this mailbox was taken back or has ended. Connect it again at POST /api/accounts/email."
        : null;

    /// <summary>Whether its mail is to be read from now on.</summary>
    public static bool Resumes(string current, string? wanted) => current == AccountStatus.Paused && wanted == AccountStatus.Active;

    /// <summary>Whether its syncs are to be paused.</summary>
    public static bool Pauses(string current, string? wanted) => current == AccountStatus.Active && wanted == AccountStatus.Paused;
}
