using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>What holds for the fields of schedules. Pure decisions.</summary>
internal static class ScheduleRules
{
    public const int MaxName = 200;
    public const int MaxSlots = 50;
    public const int MaxEvery = 1_000;
    public const int MaxCount = 10_000;
    public const int MaxYears = 5;

    /// <summary>The days of a week, as slots name them.</summary>
    public static IReadOnlyList<string> Days { get; } =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    private static readonly string[] Units = ["hours", "days", "weeks"];

    /// <summary>Slots as they are stored: each once, from Monday on.</summary>
    public static IReadOnlyList<WeeklySlot>? Slots(IReadOnlyList<SlotRequest?>? slots) => slots is null
        ? null
        : [.. slots.Select(slot => slot!.ToSlot()).Distinct().OrderBy(slot => ((int)slot.Day + 6) % 7).ThenBy(slot => slot.Time)];

    /// <summary>What is wrong with a recurrence, by its fields. One without an end would go out for ever: it needs a cap.</summary>
    public static IEnumerable<(string Field, string Error)> ErrorsOf(RecurrenceRequest recurrence)
    {
        if (recurrence.Start is null)
            yield return ("Start", "It must be the time of the first occurrence.");
        if (recurrence.Every is not (>= 1 and <= MaxEvery))
            yield return ("Every", $"It must be from 1 to {MaxEvery}.");
        if (!Units.Contains(recurrence.Unit))
            yield return ("Unit", $"It must be one of {string.Join(", ", Units)}.");
        if (recurrence.Count is not (null or (>= 1 and <= MaxCount)))
            yield return ("Count", $"It must be from 1 to {MaxCount}.");
        if (recurrence is { Until: null, Count: null })
            yield return ("Until", "A recurrence needs an end: until, or count.");
        if (recurrence.Until is { } until && recurrence.Start is { } start)
        {
            if (until < start)
                yield return ("Until", "It must not be before start.");
            else if (until > start.AddYears(MaxYears))
                yield return ("Until", $"It must be within {MaxYears} years of start.");
        }
    }
}
