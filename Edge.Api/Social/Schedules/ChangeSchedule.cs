using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>
/// <c>PATCH /api/schedules/{id}</c>: what is said is changed from the next occurrence on; what was made already stays as it is.
/// </summary>
internal sealed class ChangeSchedule(ScheduleWriter writer)
    : Endpoint<ChangeScheduleRequest, Results<Ok<ScheduleResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/schedules/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Schedules", "Change a schedule from its next occurrence on")
            .Example("""{"missed": "once"}""")
            .Produces<ScheduleResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override Task<Results<Ok<ScheduleResponse>, ProblemHttpResult>> ExecuteAsync(ChangeScheduleRequest request, CancellationToken ct)
    {
        return writer.ChangeAsync(
            HttpContext.Caller().UserId,
            Route<Guid>("id"),
            schedule =>
            {
                if (schedule.Slots is null ? request.Slots is not null : request is not { Recurrence: null, Content: null, Targets: null })
                    return (null, Problems.Conflict(
                        "A schedule of slots has no recurrence, content or targets, and one that recurs no slots: create another one."));
                var changed = request.ApplyTo(schedule);
                return changed.Recurrence is not null && changed.Targets.IsEmpty
                    ? (null, Problems.Invalid(new FieldError("targets", "A recurrence needs accounts or groups to go to.")))
                    : (changed, null);
            },
            ct);
    }
}

/// <summary><c>POST</c> of what is done to a schedule, without a body; it answers the schedule as it is then.</summary>
internal abstract class ScheduleActionEndpoint(ScheduleWriter writer)
    : EndpointWithoutRequest<Results<Ok<ScheduleResponse>, ProblemHttpResult>>
{
    /// <summary>Its route below the schedule, and its summary in OpenAPI.</summary>
    protected void Act(string action, string summary)
    {
        Post($"/api/schedules/{{id:guid}}/{action}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Schedules", summary).Produces<ScheduleResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public sealed override Task<Results<Ok<ScheduleResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct) =>
        writer.ChangeAsync(HttpContext.Caller().UserId, Route<Guid>("id"), schedule => (Changed(schedule), null), ct);

    /// <summary>The schedule as it is then.</summary>
    protected abstract Schedule Changed(Schedule schedule);
}

/// <summary><c>POST /api/schedules/{id}/pause</c>: nothing of it goes out; paused again, it stays so.</summary>
internal sealed class PauseSchedule(ScheduleWriter writer) : ScheduleActionEndpoint(writer)
{
    public override void Configure() => Act("pause", "Pause a schedule");

    protected override Schedule Changed(Schedule schedule) => schedule with { IsPaused = true };
}

/// <summary><c>POST /api/schedules/{id}/resume</c>: it goes on with its next occurrence; those of the pause are no missed ones.</summary>
internal sealed class ResumeSchedule(ScheduleWriter writer) : ScheduleActionEndpoint(writer)
{
    public override void Configure() => Act("resume", "Resume a schedule with its next occurrence");

    protected override Schedule Changed(Schedule schedule) => schedule with { IsPaused = false, LastError = null };
}

/// <summary><c>DELETE /api/schedules/{id}</c>: the posts of its queue become drafts, those that it made stay.</summary>
internal sealed class DeleteSchedule(ScheduleWriter writer) : DeleteByIdEndpoint("schedule")
{
    public override void Configure() =>
        Delete("/api/schedules/{id:guid}", Scope.Social, "Schedules", "Delete a schedule; the posts of its queue become drafts");

    protected override Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        writer.DeleteAsync(caller.UserId, id, cancellationToken);
}
