using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Platform;

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

/// <summary><c>PATCH /api/emails/tracked/{id}</c>: stops following a mail, follows it again, or puts its reminder off.</summary>
internal sealed class ChangeTrackedEmail(NpgsqlDataSource database, TimeProvider clock)
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
        ChangeTrackedEmailRequest request, CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var change = await TrackedEmailChange.ExecuteAsync(
            database, id, HttpContext.Caller().UserId, request, clock.GetUtcNow().ToStorable(), ct);
        return change switch
        {
            { Mail: { } mail } => TypedResults.Ok(mail),
            { Refusal: { } refusal } => Problems.Conflict(refusal),
            _ => Problems.NotFound("tracked mail", id),
        };
    }
}
