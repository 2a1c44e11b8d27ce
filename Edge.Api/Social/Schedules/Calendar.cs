using FluentValidation;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>Which days of the calendar.</summary>
internal sealed class CalendarRequest : PageRequest
{
    /// <summary>From when on.</summary>
    [QueryParam]
    public DateTimeOffset? From { get; set; }

    /// <summary>Until when, this time left out.</summary>
    [QueryParam]
    public DateTimeOffset? To { get; set; }
}

internal sealed class CalendarValidator : PageValidator<CalendarRequest>
{
    public const int MaxDays = 92;
    public const int MaxDaysAhead = 730;

    public CalendarValidator(TimeProvider timeProvider)
        : base(GetCalendar.Name)
    {
        RuleFor(request => request.From).NotNull().WithMessage("It must be the time from when on.");
        RuleFor(request => request.To).NotNull().WithMessage("It must be the time until when.");
        RuleFor(request => request.To)
            .Must((request, to) => to > request.From && to - request.From <= TimeSpan.FromDays(MaxDays))
            .When(request => request is { From: not null, To: not null }).WithMessage($"It must be after from, by at most {MaxDays} days.")
            .Must(to => to <= timeProvider.GetUtcNow().AddDays(MaxDaysAhead))
            .WithMessage($"It must be within {MaxDaysAhead} days from now.");
    }
}

/// <summary>Something that is planned, or was sent.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">post: it has this time. queued: a post of a queue, in the slot that it gets if the queue stays as it is. slot: a slot
/// that no post waits for. occurrence: of a recurrence; its post is made then.</param>
/// <param name="PostId">The post; null where there is none yet.</param>
/// <param name="ScheduleId">Its schedule, if it has one.</param>
/// <param name="ScheduleName">The name of that, of what has not gone out yet.</param>
/// <param name="State">The state of a post.</param>
/// <param name="Text">What it says, at most 140 characters.</param>
/// <param name="MovedFrom">The local time that it should have, where its day leaves that out.</param>
internal sealed record CalendarItem(
    DateTimeOffset At,
    string Kind,
    Guid? PostId = null,
    Guid? ScheduleId = null,
    string? ScheduleName = null,
    string? State = null,
    string? Text = null,
    DateTime? MovedFrom = null)
{
    /// <summary>What it stands at, among those of the same time: a post, or the schedule of what is to come.</summary>
    public Guid Key() => Kind == CalendarKinds.Post ? PostId!.Value : ScheduleId!.Value;
}

/// <summary>The values of <see cref="CalendarItem.Kind"/>.</summary>
internal static class CalendarKinds
{
    public const string Post = "post";
    public const string Queued = "queued";
    public const string Slot = "slot";
    public const string Occurrence = "occurrence";
}

/// <summary>
/// <c>GET /api/calendar?from=&amp;to=</c>: what is planned, and what was sent: posts with a time, those of queues in the slots that they
/// get, and occurrences that are to come.
/// </summary>
internal sealed class GetCalendar(CalendarPosts posts, ScheduleCache schedules, TimeProvider timeProvider)
    : ListEndpoint<CalendarRequest, CalendarItem>(Name)
{
    public const string Name = "calendar";

    public override void Configure() =>
        List("/api/calendar", Scope.Social, "Calendar", "List what is planned and was sent between two times, the earliest first");

    protected override async Task<List<CalendarItem>> ReadAsync(
        CalendarRequest request, Cursor? after, int take, CancellationToken cancellationToken)
    {
        var (userId, now) = (HttpContext.Caller().UserId, timeProvider.GetUtcNow());
        var (from, to) = (request.From!.Value, request.To!.Value);
        var made = await posts.ListAsync(userId, from, to, after, take, cancellationToken);
        if (to <= now)
            return made;
        Schedule[] active = [.. (await schedules.ListAsync(userId, cancellationToken)).Where(schedule => !schedule.IsPaused)];
        var queued = await posts.QueuedAsync(
            userId,
            [
                .. active.Where(schedule => schedule.Slots is not null)
                    .Select(schedule => (schedule.Id, CalendarPlan.SlotsUntil(schedule, now, to))),
            ],
            cancellationToken);
        var madeUntil = await posts.MadeUntilAsync(userId, [.. active.Select(schedule => schedule.Id)], now, cancellationToken);
        return CalendarPlan.Merge(
            [
                made,
                .. active.Select(schedule => CalendarPlan.Of(
                    schedule, [.. queued[schedule.Id]], madeUntil.GetValueOrDefault(schedule.Id, now), from, to)),
            ],
            after,
            take);
    }

    protected override Cursor CursorOf(CalendarItem item) => new(item.At, item.Key());
}
