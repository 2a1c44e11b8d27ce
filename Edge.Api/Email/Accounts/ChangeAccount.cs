using System.Text.Json.Serialization;
using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>What of an account to change: what is left out stays.</summary>
internal sealed class ChangeAccountRequest
{
    /// <summary>active or paused.</summary>
    public string? Status { get; init; }

    /// <summary>What is tracked, as a whole; null: nothing.</summary>
    public TrackingRequest? Tracking
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
        RuleFor(request => request.Tracking!).SetValidator(new TrackingRequestValidator()).When(request => request.Tracking is not null);
        RuleFor(request => request)
            .Must(request => request.Status is not null || request.SaysTracking)
            .OverridePropertyName("$")
            .WithMessage("It must say status, tracking, or both.");
    }
}

/// <summary>
/// <c>PATCH /api/accounts/email/{id}</c>: pauses an account, lets it go on, or changes what is tracked of it from now on. A full sync that
/// is not at its end is paused with it and goes on with it.
/// </summary>
internal sealed class ChangeAccount(NpgsqlDataSource database, JobOutbox outbox, AccountChanges changes, TimeProvider clock)
    : Endpoint<ChangeAccountRequest, Results<Ok<AccountResponse>, ProblemHttpResult>>
{
    private const string LockSql = "SELECT provider, address, status FROM mailboxes WHERE id = $1 AND user_id = $2 FOR UPDATE";

    private const string Sql =
        """
        UPDATE mailboxes
        SET status = coalesce($2, status),
            tracking = CASE WHEN $3 THEN $4::jsonb ELSE tracking END,
            tracking_since = CASE WHEN NOT $3 THEN tracking_since WHEN $4::text IS NOT NULL THEN coalesce(tracking_since, $5) END
        WHERE id = $1
        """;

    private const string PauseSyncSql =
        "UPDATE mail_syncs SET state = 'paused', updated_at = $2 WHERE account_id = $1 AND state IN ('queued', 'running')";

    public override void Configure()
    {
        Patch("/api/accounts/email/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Accounts", "Pause a mailbox, let it go on, or change what is tracked of it")
            .Produces<AccountResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> ExecuteAsync(ChangeAccountRequest request, CancellationToken ct)
    {
        var staged = new List<OutgoingJob>();
        var (account, refusal) = await WriteAsync(Route<Guid>("id"), request, staged, ct);
        if (account is null)
            return refusal!;

        await changes.AnnounceAsync(HttpContext.Caller().UserId, account.Id);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return TypedResults.Ok(account);
    }

    // in a method of its own, so that the connection is back before another one is asked for
    private async Task<(AccountResponse? Account, ProblemHttpResult? Refusal)> WriteAsync(
        Guid id, ChangeAccountRequest request, List<OutgoingJob> staged, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var found = await tx.Command(LockSql, id, userId)
            .FirstAsync(row => new LockedAccount(id, row.GetString(0), row.GetString(1), row.GetString(2)), ct);
        if (found is null)
            return (null, Problems.NotFound("account", id));
        if (AccountChange.Refusal(found.Status, request.Status) is { } reason)
            return (null, Problems.Conflict(reason));

        var tracking = request.Tracking is { } wish ? TrackingJson.Write(wish.ToPolicy()) : null;
        await tx.Command(Sql, id, request.Status, request.SaysTracking, tracking, now).RunAsync(ct);
        if (AccountChange.Pauses(found.Status, request.Status))
            await tx.Command(PauseSyncSql, id, now).RunAsync(ct);
        if (AccountChange.Resumes(found.Status, request.Status))
        {
            staged.Add(new(Following(found, now)));
            await outbox.StageAsync(connection, tx, staged, ct);
        }

        var account = await AccountResponse.FindAsync(tx, id, userId, ct);
        await tx.CommitAsync(ct);
        return (account, null);
    }

    private static IJob Following(LockedAccount account, DateTimeOffset now) => account.Provider == AccountProvider.Gmail
        ? new SyncMailbox(Guid.CreateVersion7(now), account.Address, null)
        : new FollowAccount(Guid.CreateVersion7(now), account.Id);

    private sealed record LockedAccount(Guid Id, string Provider, string Address, string Status);
}
