namespace Switchboard.Core.Social.Scheduling;

/// <summary>What becomes of occurrences that were missed: values of <c>social_schedules.missed</c>.</summary>
public static class MissedPolicy
{
    /// <summary>None of them goes out.</summary>
    public const string Skip = "skip";

    /// <summary>One goes out for all of them, as soon as it can.</summary>
    public const string Once = "once";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Skip, Once];
}

/// <summary>
/// What is to be done at a time about a schedule: whatever was missed before, at most one occurrence goes out, never a burst. A pure
/// decision.
/// </summary>
/// <param name="Goes">The occurrence that goes out now; null for none.</param>
/// <param name="IsLate">Whether it goes out for what was missed, and not at its time.</param>
/// <param name="Missed">How many do not go out.</param>
/// <param name="Next">The next one to wait for; null when there is none any more.</param>
public sealed record DueOccurrence(Occurrence? Goes, bool IsLate, int Missed, Occurrence? Next)
{
    /// <summary>Decides.</summary>
    /// <param name="timetable">The times of the schedule.</param>
    /// <param name="nextAt">The occurrence that was waited for.</param>
    /// <param name="now">The time.</param>
    /// <param name="missed">A value of <see cref="MissedPolicy"/>.</param>
    /// <param name="grace">For how long an occurrence is on time.</param>
    public static DueOccurrence At(Timetable timetable, DateTimeOffset nextAt, DateTimeOffset now, string missed, TimeSpan grace)
    {
        ArgumentNullException.ThrowIfNull(timetable);
        Occurrence? last = null;
        var count = 0;
        foreach (var occurrence in timetable.From(nextAt))
        {
            if (occurrence.At > now)
                return Of(occurrence);
            (last, count) = (occurrence, count + 1);
        }

        return Of(null);

        DueOccurrence Of(Occurrence? next)
        {
            var isLate = last is not null && now - last.At > grace;
            var goes = isLate && missed == MissedPolicy.Skip ? null : last;
            return new(goes, goes is not null && isLate, goes is null ? count : count - 1, next);
        }
    }
}
