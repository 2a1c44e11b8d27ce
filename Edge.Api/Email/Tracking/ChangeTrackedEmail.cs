using FluentValidation;
using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Email.Tracking;

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
    public ChangeTrackedEmailValidator(TimeProvider timeProvider)
    {
        RuleFor(request => request.Status)
            .Must(status => status is TrackedStatus.Stopped or TrackedStatus.Active)
            .When(request => request.Status is not null)
            .WithMessage("It must be stopped or active.");
        RuleFor(request => request.SnoozeUntil)
            .Must(until => until > timeProvider.GetUtcNow())
            .When(request => request.SnoozeUntil is not null)
            .WithMessage("It must be in the future.");
        RuleFor(request => request)
            .Must(request => request.Status is null != request.SnoozeUntil is null)
            .OverridePropertyName("$")
            .WithMessage("It must say either status or snoozeUntil.");
    }
}

/// <summary><c>PATCH /api/emails/tracked/{id}</c>: stops following a mail, follows it again, or puts its reminder off.</summary>
internal sealed class ChangeTrackedEmail(TrackedEmailStore store, TimeProvider timeProvider)
    : Endpoint<ChangeTrackedEmailRequest, Results<Ok<TrackedEmailResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/emails/tracked/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Tracked mail", "Stop following a mail, follow it again, or put its reminder off")
            .Produces<TrackedEmailResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<TrackedEmailResponse>, ProblemHttpResult>> ExecuteAsync(
        ChangeTrackedEmailRequest request, CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        var change = await store.ChangeAsync(
            id, HttpContext.Caller().UserId, request, timeProvider.GetUtcNow().ToStorable(), cancellationToken);
        return change switch
        {
            { Mail: { } mail } => TypedResults.Ok(mail),
            { Refusal: { } refusal } => Problems.Conflict(refusal),
            _ => Problems.NotFound("tracked mail", id),
        };
    }
}

/// <summary>What decides the status of a tracked mail. Changes of it are pure decisions.</summary>
/// <param name="Status">Its status.</param>
/// <param name="ResponseAt">When a person first answered, of all answers that are stored.</param>
/// <param name="BouncedAt">When it came back.</param>
/// <param name="ExpiresAt">Until when an answer is waited for.</param>
/// <param name="RemindAt">When the next reminder is due.</param>
/// <param name="SnoozedUntil">No reminder before that.</param>
/// <param name="StoppedAt">When its user stopped following it.</param>
internal sealed record FollowedMail(
    string Status,
    DateTimeOffset? ResponseAt,
    DateTimeOffset? BouncedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RemindAt,
    DateTimeOffset? SnoozedUntil,
    DateTimeOffset? StoppedAt)
{
    /// <summary>When it is to be checked next, while it is active.</summary>
    public DateTimeOffset NextCheckAt => TrackingSchedule.NextCheck(RemindAt, SnoozedUntil, ExpiresAt);

    /// <summary>Reads the columns in their order.</summary>
    public static FollowedMail Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.Nullable<DateTimeOffset>(1),
        row.Nullable<DateTimeOffset>(2),
        row.GetFieldValue<DateTimeOffset>(3),
        row.Nullable<DateTimeOffset>(4),
        row.Nullable<DateTimeOffset>(5),
        row.Nullable<DateTimeOffset>(6));

    /// <summary>What a request makes of it, or why it does not; the same mail where there is nothing to change.</summary>
    public (FollowedMail? Changed, string? Refusal) With(ChangeTrackedEmailRequest change, DateTimeOffset now) => change switch
    {
        { Status: TrackedStatus.Stopped } => Stop(now),
        { Status: not null } => Resume(now),
        _ => Snooze(change.SnoozeUntil!.Value.ToUniversalTime()),
    };

    private (FollowedMail?, string?) Stop(DateTimeOffset now) => Status switch
    {
        TrackedStatus.Stopped => (this, null),
        TrackedStatus.Active or TrackedStatus.Expired => (this with { Status = TrackedStatus.Stopped, StoppedAt = now }, null),
        _ => (null, $"The mail is {Status}: only one that is active or expired can be stopped."),
    };

    private (FollowedMail?, string?) Resume(DateTimeOffset now) => Status switch
    {
        TrackedStatus.Active => (this, null),
        TrackedStatus.Stopped => (this with
        {
            Status = TrackedStatus.Of(isStopped: false, ResponseAt is not null, BouncedAt is not null, ExpiresAt, now),
            StoppedAt = null,
        }, null),
        _ => (null, $"The mail is {Status}: only one that was stopped can go on."),
    };

    private (FollowedMail?, string?) Snooze(DateTimeOffset until) => Status != TrackedStatus.Active
        ? (null, $"The mail is {Status}: only one that is active can be snoozed.")
        : until >= ExpiresAt
            ? (null, $"Nothing is waited for after {ExpiresAt:O}: snooze it until a time before that.")
            : (this with { SnoozedUntil = until }, null);
}
