using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Core.Social.Scheduling;

/// <summary>A time of each week, in the zone of its schedule.</summary>
/// <param name="Day">The day.</param>
/// <param name="Time">The time, to the minute.</param>
public sealed record WeeklySlot(
    [property: JsonConverter(typeof(LowerCaseConverter<DayOfWeek>))] DayOfWeek Day,
    [property: JsonConverter(typeof(MinuteConverter))] TimeOnly Time);

/// <summary>What a recurrence counts in.</summary>
public enum RecurrenceUnit
{
    /// <summary>Hours that pass, whatever the clocks show.</summary>
    Hours,

    /// <summary>Days of the calendar: the same time of the day, also over a change of the clocks.</summary>
    Days,

    /// <summary>Weeks of the calendar.</summary>
    Weeks,
}

/// <summary>
/// Every so many intervals from a start: the n-th occurrence is at start + n × interval, whenever the one before it went out. It ends by a
/// time, by a number of occurrences, or by what comes first.
/// </summary>
/// <param name="Start">The first occurrence.</param>
/// <param name="Every">How many units an interval has.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Until">The last time that it may have; null for none.</param>
/// <param name="Count">How many occurrences there are, those that were missed included; null for as many as there are
/// until the end.</param>
public sealed record Recurrence(
    DateTimeOffset Start,
    int Every,
    [property: JsonConverter(typeof(LowerCaseConverter<RecurrenceUnit>))] RecurrenceUnit Unit,
    DateTimeOffset? Until = null,
    int? Count = null);

/// <summary>A time of a schedule.</summary>
/// <param name="At">When it is.</param>
/// <param name="MovedFrom">The local time that it should have, where the clocks leave that out on its day: it is then at the first moment
/// after the gap. Else null.</param>
public sealed record Occurrence(DateTimeOffset At, DateTime? MovedFrom = null);

/// <summary>
/// When the posts of a schedule go out, right over each change of the clocks: a time that a day does not have is the first moment after the
/// gap, one that a day has twice is the first of the two, and times that fall together are one occurrence. A pure decision.
/// </summary>
public sealed class Timetable
{
    // no time of the API is later (Times.Latest), and arithmetic beyond it overflows one day
    private static readonly DateTime Last = new(2999, 12, 31);

    private readonly TimeZoneInfo _zone;
    private readonly IReadOnlyList<WeeklySlot>? _slots;
    private readonly Recurrence? _recurrence;

    private Timetable(TimeZoneInfo zone, IReadOnlyList<WeeklySlot>? slots, Recurrence? recurrence) =>
        (_zone, _slots, _recurrence) = (zone, slots, recurrence);

    /// <summary>That of weekly slots; it does not end.</summary>
    public static Timetable Of(TimeZoneInfo zone, IReadOnlyList<WeeklySlot> slots) =>
        new(zone, [.. slots.OrderBy(slot => slot.Time)], null);

    /// <summary>That of a recurrence.</summary>
    public static Timetable Of(TimeZoneInfo zone, Recurrence recurrence) => new(zone, null, recurrence);

    /// <summary>The occurrences after an instant, in their order, as far as they are asked for.</summary>
    public IEnumerable<Occurrence> After(DateTimeOffset after) =>
        _slots is { } slots ? SlotsAfter(slots, after) : RecurringAfter(_recurrence!, after);

    /// <summary>The occurrences from an instant on.</summary>
    public IEnumerable<Occurrence> From(DateTimeOffset from) => After(from.AddTicks(-1));

    private IEnumerable<Occurrence> SlotsAfter(IReadOnlyList<WeeklySlot> slots, DateTimeOffset after)
    {
        if (slots.Count == 0)
            yield break;
        // what a zone leaves out of a day may fall on the next one
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, _zone).DateTime).AddDays(-1);
        for (var last = after; day < DateOnly.FromDateTime(Last); day = day.AddDays(1))
        {
            foreach (var slot in slots)
            {
                if (slot.Day != day.DayOfWeek)
                    continue;
                var occurrence = At(day.ToDateTime(slot.Time));
                if (occurrence.At <= last)
                    continue;
                last = occurrence.At;
                yield return occurrence;
            }
        }
    }

    private IEnumerable<Occurrence> RecurringAfter(Recurrence recurrence, DateTimeOffset after)
    {
        var start = TimeZoneInfo.ConvertTime(recurrence.Start, _zone).DateTime;
        // a little before, since a local time may be a day from its like in UTC
        var first = Math.Max(0, (long)((after - recurrence.Start - TimeSpan.FromDays(2)) / IntervalOf(recurrence)));
        for (var (number, last) = (first, after); recurrence.Count is not { } count || number < count; number++)
        {
            if (number > (Last - start) / IntervalOf(recurrence))
                yield break;
            var occurrence = At(recurrence, start, number);
            if (occurrence.At > recurrence.Until)
                yield break;
            if (occurrence.At <= last)
                continue;
            last = occurrence.At;
            yield return occurrence;
        }
    }

    private Occurrence At(Recurrence recurrence, DateTime start, long number) =>
        number == 0 ? new(recurrence.Start)
        : recurrence.Unit == RecurrenceUnit.Hours ? new(recurrence.Start + new TimeSpan(number * IntervalOf(recurrence).Ticks))
        : At(start + new TimeSpan(number * IntervalOf(recurrence).Ticks));

    private Occurrence At(DateTime local)
    {
        var at = LocalTimes.First(local, _zone);
        return new(at, TimeZoneInfo.ConvertTime(at, _zone).DateTime == local ? null : local);
    }

    private static TimeSpan IntervalOf(Recurrence recurrence) => recurrence.Unit switch
    {
        RecurrenceUnit.Hours => TimeSpan.FromHours(recurrence.Every),
        RecurrenceUnit.Days => TimeSpan.FromDays(recurrence.Every),
        _ => TimeSpan.FromDays(7L * recurrence.Every),
    };
}

/// <summary>A word of an enumeration as it is stored: <c>monday</c>.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class LowerCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
