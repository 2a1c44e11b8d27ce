using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>What of the past of a mailbox to read.</summary>
internal sealed class StartSyncRequest
{
    public const int DefaultBatchSize = 100;

    public Guid? AccountId { get; init; }

    /// <summary>From which time on; left out, from the first mail on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many mails a page has, 1–1000; left out, 100.</summary>
    public int? BatchSize { get; init; }
}

internal sealed class StartSyncValidator : Validator<StartSyncRequest>
{
    private const int MaxBatchSize = 1_000;

    // before there was any mail that could be meant
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    public StartSyncValidator(TimeProvider clock)
    {
        RuleFor(request => request.AccountId).NotEmpty();
        RuleFor(request => request.Since)
            .Must(since => since <= clock.GetUtcNow())
            .When(request => request.Since is not null)
            .WithMessage("It is in the future.");
        RuleFor(request => request.Since)
            .Must(since => since >= Earliest)
            .When(request => request.Since is not null)
            .WithMessage($"It must not be before {Earliest.Year}; leave it out to read from the first mail on.");
        RuleFor(request => request.BatchSize).InclusiveBetween(1, MaxBatchSize);
    }
}

/// <summary>
/// <c>POST /api/emails/sync</c>: reads the past of a mailbox. Answered when it is on disk; an account has one at a time, and who asks for
/// what that one reads anyway gets it.
/// </summary>
internal sealed class StartSync(CreatingTransactions transactions, JobOutbox outbox, TimeProvider clock)
    : Endpoint<StartSyncRequest, Results<Accepted<SyncDetail>, ProblemHttpResult>>
{
    // how often one that is there may end between two statements
    private const int MostTries = 3;

    private const string AccountSql = "SELECT status, tracking IS NOT NULL FROM mailboxes WHERE id = $1 AND user_id = $2 FOR SHARE";

    // idx_mail_syncs_unfinished: of two at once the second waits here for the first
    private const string InsertSql =
        $"""
        INSERT INTO mail_syncs (id, account_id, user_id, since, batch_size, state, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, 'queued', $6, $6)
        ON CONFLICT (account_id) WHERE state IN ('queued', 'running', 'paused') DO NOTHING
        RETURNING {SyncResponse.Columns}
        """;

    private const string UnfinishedSql =
        $"SELECT {SyncResponse.Columns} FROM mail_syncs WHERE account_id = $1 AND state IN ('queued', 'running', 'paused')";

    public override void Configure()
    {
        Post("/api/emails/sync");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "Read the past of a mailbox")
            .Produces<SyncDetail>(202).Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Accepted<SyncDetail>, ProblemHttpResult>> ExecuteAsync(StartSyncRequest request, CancellationToken ct)
    {
        var staged = new List<OutgoingJob>();
        var creation = await transactions.RunAsync(HttpContext, request, tx => StartAsync(tx, request, staged, ct), ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
            await outbox.FlushAsync(staged, CancellationToken.None);
        return TypedResults.Accepted($"/api/emails/sync/{creation.Answer!.Id}", new SyncDetail(creation.Answer, []));
    }

    private async Task<Creation<SyncResponse>> StartAsync(
        NpgsqlTransaction tx, StartSyncRequest request, List<OutgoingJob> staged, CancellationToken ct)
    {
        var accountId = request.AccountId!.Value;
        var account = await tx.Command(AccountSql, accountId, HttpContext.Caller().UserId)
            .FirstAsync(row => new SyncedAccount(row.GetString(0), row.GetBoolean(1)), ct);
        if (account is null)
            return Creation<SyncResponse>.Refused(Problems.NotFound("account", accountId));
        if (SyncRefusal.Of(account.Status, account.IsTracked) is { } reason)
            return Creation<SyncResponse>.Refused(Problems.Conflict(reason));

        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await InsertAsync(tx, request, staged, ct) is { } made)
                return Creation<SyncResponse>.Made(made);
            if (await tx.Command(UnfinishedSql, accountId).FirstAsync(SyncResponse.Read, ct) is { } other)
            {
                return SyncCoverage.Covers(other.Since, request.Since)
                    ? Creation<SyncResponse>.Made(other)
                    : Creation<SyncResponse>.Refused(Problems.Conflict(
                        $"The sync {other.Id} of this account is {other.State} and reads only from {other.Since:O} on. Wait for its end, or cancel it."));
            }
        }

        return Creation<SyncResponse>.Refused(Problems.Conflict("Syncs of this account begin and end at this moment. Send it again."));
    }

    private async Task<SyncResponse?> InsertAsync(
        NpgsqlTransaction tx, StartSyncRequest request, List<OutgoingJob> staged, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var inserted = await tx.Command(
            InsertSql, Guid.CreateVersion7(now), request.AccountId, HttpContext.Caller().UserId, request.Since,
            request.BatchSize ?? StartSyncRequest.DefaultBatchSize, now).FirstAsync(SyncResponse.Read, ct);
        if (inserted is null)
            return null;
        staged.Add(new(new SyncEmails(Guid.CreateVersion7(now), inserted.Id)));
        await outbox.StageAsync(tx.Connection!, tx, staged, ct);
        return inserted;
    }

    private sealed record SyncedAccount(string Status, bool IsTracked);
}
