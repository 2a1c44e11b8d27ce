using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary><c>POST /api/schedules</c>: slots for a queue of posts, or one content that recurs.</summary>
internal sealed class CreateSchedule(
    CreatingTransactions transactions, ScheduleCache cache, IOptions<ScheduleLimits> limits, TimeProvider timeProvider)
    : Endpoint<CreateScheduleRequest, Results<Created<ScheduleResponse>, ProblemHttpResult>>
{
    // a client that says now is a moment late by the time that it is read
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    public override void Configure()
    {
        Post("/api/schedules");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Schedules", "Create a schedule of weekly slots, or of a content that recurs")
            .Example(
                """
                {"name": "Mornings", "timeZone": "Europe/Berlin",
                 "slots": [{"day": "monday", "time": "09:30"}, {"day": "thursday", "time": "09:30"}]}
                """)
            .Produces<ScheduleResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<ScheduleResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateScheduleRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var creation = await transactions.RunAsync(
            HttpContext, request, (transaction, jobs) => InsertAsync(transaction, jobs, userId, request, ct), ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
            await cache.ForgetAsync(userId);
        return TypedResults.Created($"/api/schedules/{creation.Answer!.Id}", creation.Answer);
    }

    private async Task<Creation<ScheduleResponse>> InsertAsync(
        NpgsqlTransaction transaction, List<OutgoingJob> jobs, Guid userId, CreateScheduleRequest request,
        CancellationToken cancellationToken)
    {
        if (await ScheduleStore.CountAsync(transaction, userId, cancellationToken) >= limits.Value.MaxPerUser)
            return Creation<ScheduleResponse>.Refused(
                Problems.Conflict($"A user has at most {limits.Value.MaxPerUser} schedules. Delete one that is not used."));

        var now = timeProvider.GetUtcNow().ToStorable();
        var schedule = request.ToSchedule(userId, now);
        var next = schedule.Timetable.After(schedule.Recurrence is null ? now : now - Slack).FirstOrDefault();
        schedule = schedule with { NextAt = next?.At };
        if (schedule.NextAt is null)
            return Creation<ScheduleResponse>.Refused(
                Problems.Invalid(new FieldError("recurrence", "All of its occurrences have passed.")));
        if (await ScheduleWriter.RefusalOfAsync(transaction, schedule, cancellationToken) is { } cannotGoOut)
            return Creation<ScheduleResponse>.Refused(cannotGoOut);
        if (!await ScheduleStore.InsertAsync(transaction, schedule, cancellationToken))
            return Creation<ScheduleResponse>.Refused(ScheduleWriter.NameTaken(schedule.Name));
        jobs.AddRange(schedule.NextJobs());
        return Creation<ScheduleResponse>.Made(ScheduleResponse.Of(schedule));
    }
}
