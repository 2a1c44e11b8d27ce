using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A mail to track.</summary>
internal sealed class TrackMailRequest
{
    public Guid? AccountId { get; init; }

    /// <summary>The provider's id of the mail, or its Message-ID in angle brackets.</summary>
    public string? MessageId { get; init; }
}

internal sealed class TrackMailValidator : Validator<TrackMailRequest>
{
    // RFC 5322, 2.1.1: a line has 998 characters at most
    private const int MaxMessageId = 998;

    public TrackMailValidator()
    {
        RuleFor(request => request.AccountId).NotEmpty();
        RuleFor(request => request.MessageId).NotEmpty().Text(MaxMessageId);
        RuleFor(request => request.MessageId)
            .Must(id => MessageReference.Mistake(id!) is null)
            .When(request => !string.IsNullOrEmpty(request.MessageId))
            .WithMessage(request => MessageReference.Mistake(request.MessageId!));
    }
}

/// <summary><c>POST /api/emails/track</c>: tracks one sent mail, whatever its account tracks by itself.</summary>
internal sealed class TrackMail(CreatingTransactions transactions, JobOutbox outbox, TimeProvider clock)
    : Endpoint<TrackMailRequest, Results<Accepted<TrackResponse>, ProblemHttpResult>>
{
    private const string AccountSql = "SELECT status FROM mailboxes WHERE id = $1 AND user_id = $2 FOR SHARE";

    private const string Sql =
        $"""
        INSERT INTO tracking_requests (id, account_id, user_id, message_id, state, created_at)
        VALUES ($1, $2, $3, $4, 'queued', $5)
        RETURNING {TrackResponse.Columns}
        """;

    public override void Configure()
    {
        Post("/api/emails/track");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "Track one sent mail")
            .Produces<TrackResponse>(202).Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Accepted<TrackResponse>, ProblemHttpResult>> ExecuteAsync(TrackMailRequest request, CancellationToken ct)
    {
        var staged = new List<OutgoingJob>();
        var creation = await transactions.RunAsync(HttpContext, request, tx => InsertAsync(tx, request, staged, ct), ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
            await outbox.FlushAsync(staged, CancellationToken.None);
        return TypedResults.Accepted($"/api/emails/track/{creation.Answer!.Id}", creation.Answer);
    }

    private async Task<Creation<TrackResponse>> InsertAsync(
        NpgsqlTransaction tx, TrackMailRequest request, List<OutgoingJob> staged, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var status = await tx.Command(AccountSql, request.AccountId, userId).FirstAsync(row => row.GetString(0), ct);
        if (status is null)
            return Creation<TrackResponse>.Refused(Problems.NotFound("account", request.AccountId!.Value));
        if (AccountStatus.Refusal(status) is { } reason)
            return Creation<TrackResponse>.Refused(Problems.Conflict(reason));

        var now = clock.GetUtcNow();
        var made = await tx.Command(Sql, Guid.CreateVersion7(now), request.AccountId, userId, request.MessageId!.Trim(), now)
            .FirstAsync(TrackResponse.Read, ct);
        staged.Add(new(new TrackEmail(Guid.CreateVersion7(now), made!.Id)));
        await outbox.StageAsync(tx.Connection!, tx, staged, ct);
        return Creation<TrackResponse>.Made(made);
    }
}
