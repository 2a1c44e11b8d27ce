using Switchboard.Core.Social;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>A time of a schedule, as the API shows it.</summary>
/// <param name="At">When it is.</param>
/// <param name="Local">What the clocks of its zone show then, with their offset.</param>
/// <param name="MovedFrom">The local time that it should have, where its day leaves that out; it is then at the first moment
/// after the gap.</param>
internal sealed record OccurrenceResponse(DateTimeOffset At, DateTimeOffset Local, DateTime? MovedFrom)
{
    /// <summary>The next occurrences of a schedule; none while it is paused.</summary>
    public static IReadOnlyList<OccurrenceResponse> Next(Schedule schedule, int count)
    {
        if (schedule.NextAt is not { } next || schedule.IsPaused)
            return [];
        return [.. schedule.Timetable.From(next).Take(count).Select(occurrence => new OccurrenceResponse(
            occurrence.At, TimeZoneInfo.ConvertTime(occurrence.At, schedule.Zone), occurrence.MovedFrom))];
    }
}

/// <summary>A schedule, as the API shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">slots or recurrence.</param>
/// <param name="TimeZone">The zone of its times.</param>
/// <param name="Slots">Its slots, if it has them.</param>
/// <param name="Recurrence">How it recurs, if it does.</param>
/// <param name="Content">What recurs.</param>
/// <param name="Targets">Where that goes.</param>
/// <param name="Missed">What becomes of occurrences that were missed: skip or once.</param>
/// <param name="IsPaused">Whether nothing goes out.</param>
/// <param name="NextAt">The next occurrence; null when it is paused, or there is none any more.</param>
/// <param name="Next">That and those after it.</param>
/// <param name="Occurrences">How many posts it made, or sent out of its queue.</param>
/// <param name="LastError">Why its last occurrence made no post, or what of its targets is gone and was left out; null when all went
/// out.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
internal sealed record ScheduleResponse(
    Guid Id,
    string Name,
    string Kind,
    string TimeZone,
    IReadOnlyList<WeeklySlot>? Slots,
    Recurrence? Recurrence,
    PostContent? Content,
    PostTargets Targets,
    string Missed,
    bool IsPaused,
    DateTimeOffset? NextAt,
    IReadOnlyList<OccurrenceResponse> Next,
    int Occurrences,
    string? LastError,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    private const int Shown = 5;

    public static ScheduleResponse Of(Schedule schedule) => new(
        schedule.Id, schedule.Name, schedule.Slots is null ? "recurrence" : "slots", schedule.TimeZone, schedule.Slots, schedule.Recurrence,
        schedule.Content, schedule.Targets, schedule.Missed, schedule.IsPaused, schedule.NextAt, OccurrenceResponse.Next(schedule, Shown),
        schedule.Occurrences, schedule.LastError, schedule.CreatedAt, schedule.UpdatedAt);
}
