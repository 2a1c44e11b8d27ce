using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Tracking;
using Switchboard.Edge.Api.Auth;
using Switchboard.Edge.Api.Database;
using Switchboard.Edge.Api.Http;

namespace Switchboard.Edge.Api.TrackedEmails;

/// <summary>What of a tracked mail to change: one of the two.</summary>
internal sealed class ChangeTrackedEmailRequest
{
    /// <summary>stopped, or active to follow it again.</summary>
    public string? Status { get; init; }

    /// <summary>No reminder before this time.</summary>
    public DateTimeOffset? SnoozeUntil { get; init; }
}

internal sealed class ChangeTrackedEmailValidator : Validator<ChangeTrackedEmailRequest>
{
    public ChangeTrackedEmailValidator(TimeProvider clock)
    {
        RuleFor(request => request.Status)
            .Must(status => status is TrackedStatus.Stopped or TrackedStatus.Active)
            .When(request => request.Status is not null)
            .WithMessage("It must be stopped or active.");
        RuleFor(request => request.SnoozeUntil)
            .Must(until => until > clock.GetUtcNow())
            .When(request => request.SnoozeUntil is not null)
            .WithMessage("It must be in the future.");
        RuleFor(request => request)
            .Must(request => request.Status is null != request.SnoozeUntil is null)
            .OverridePropertyName("$")
            .WithMessage("It must say either status or snoozeUntil.");
    }
}

/// <summary>
/// <c>PATCH /api/emails/tracked/{id}</c>: stops following a mail, follows it again, or puts its reminder off. Under the lock of its account,
/// which who records its mail holds too. What came in while it was stopped counts when it is followed again.
/// </summary>
internal sealed class ChangeTrackedEmail(NpgsqlDataSource database, TimeProvider clock)
    : Endpoint<ChangeTrackedEmailRequest, Results<Ok<TrackedEmailResponse>, ProblemHttpResult>>
{
    private const string AccountSql =
        """
        SELECT t.account_id
        FROM tracked_emails AS t
        JOIN mailboxes AS m ON m.id = t.account_id
        WHERE t.id = $1 AND m.user_id = $2
        """;

    private const string LockSql = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 2))";

    // idx_received_emails_tracked
    private const string FindSql =
        """
        SELECT t.status, answers.response_at, answers.bounced_at, t.expires_at, t.remind_at, t.snoozed_until, t.stopped_at
        FROM tracked_emails AS t
        CROSS JOIN LATERAL (
            SELECT min(r.received_at) FILTER (WHERE r.kind = 'reply') AS response_at,
                   min(r.received_at) FILTER (WHERE r.kind = 'bounce') AS bounced_at
            FROM received_emails AS r
            WHERE r.tracked_email_id = t.id) AS answers
        WHERE t.id = $1 AND t.account_id = $2
        FOR UPDATE OF t
        """;

    private const string Sql =
        $"""
        WITH changed AS (
            UPDATE tracked_emails AS t
            SET status = $3, stopped_at = $4, snoozed_until = $5, next_check_at = $6, updated_at = $7,
                response_at = answers.response_at,
                response_seconds = CASE WHEN answers.response_at IS NOT NULL
                    THEN least(greatest(floor(extract(epoch FROM answers.response_at - t.sent_at)), 0), 2147483647) END,
                responses = answers.responses,
                auto_replied_at = answers.auto_replied_at,
                bounced_at = answers.bounced_at
            FROM (
                SELECT min(r.received_at) FILTER (WHERE r.kind = 'reply') AS response_at,
                       (count(*) FILTER (WHERE r.kind = 'reply'))::int AS responses,
                       min(r.received_at) FILTER (WHERE r.kind = 'auto-reply') AS auto_replied_at,
                       min(r.received_at) FILTER (WHERE r.kind = 'bounce') AS bounced_at
                FROM received_emails AS r
                WHERE r.tracked_email_id = $1) AS answers
            WHERE t.id = $1 AND t.account_id = $2
            RETURNING t.*),
        counted AS (UPDATE mailboxes SET data_version = data_version + 1 WHERE id = $2),
        noted AS (
            INSERT INTO tracked_email_changes AS c (account_id, hour)
            SELECT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') FROM changed
            ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1)
        SELECT {TrackedEmailResponse.Columns} FROM changed AS t
        """;

    private const string UnchangedSql = $"SELECT {TrackedEmailResponse.Columns} FROM tracked_emails AS t WHERE t.id = $1 AND t.account_id = $2";

    public override void Configure()
    {
        Patch("/api/emails/tracked/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Tracked mail", "Stop following a mail, follow it again, or put its reminder off")
            .Produces<TrackedEmailResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<TrackedEmailResponse>, ProblemHttpResult>> ExecuteAsync(
        ChangeTrackedEmailRequest request, CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var now = clock.GetUtcNow().ToStorable();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var owned = await tx.Command(AccountSql, id, HttpContext.Caller().UserId).ListAsync(row => row.GetGuid(0), ct);
        if (owned is not [var accountId])
            return Problems.NotFound("tracked mail", id);

        await tx.Command(LockSql, accountId).RunAsync(ct);
        if (await tx.Command(FindSql, id, accountId).FirstAsync(FollowedMail.Read, ct) is not { } mail)
            return Problems.NotFound("tracked mail", id);
        var (changed, refusal) = mail.With(request, now);
        if (changed is null)
            return Problems.Conflict(refusal!);

        var answer = await Statement(tx, id, accountId, mail, changed, now).FirstAsync(TrackedEmailResponse.Read, ct);
        await tx.CommitAsync(ct);
        return TypedResults.Ok(answer!);
    }

    private static NpgsqlCommand Statement(
        NpgsqlTransaction tx, Guid id, Guid accountId, FollowedMail mail, FollowedMail changed, DateTimeOffset now) => changed == mail
        ? tx.Command(UnchangedSql, id, accountId)
        : tx.Command(Sql, id, accountId, changed.Status, changed.StoppedAt, changed.SnoozedUntil, changed.NextCheckAt, now);
}
