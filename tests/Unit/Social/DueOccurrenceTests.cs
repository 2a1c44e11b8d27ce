using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Tests.Unit.Social;

/// <summary>What goes out at a time, and never a burst: also while the clocks change and after an outage.</summary>
public sealed class DueOccurrenceTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("2026-03-29T00:00:00Z")] // an hour before the clocks go forward
    [InlineData("2026-10-25T00:00:00Z")] // and before they go back
    [InlineData("2026-06-01T00:00:00Z")]
    public void An_outage_of_two_hours_over_a_change_of_the_clocks_brings_no_burst(string begin)
    {
        foreach (var missed in MissedPolicy.All)
        {
            foreach (var timetable in Timetables(DateTimeOffset.Parse(begin, System.Globalization.CultureInfo.InvariantCulture)))
            {
                var time = new FakeTimeProvider(DateTimeOffset.Parse(begin, System.Globalization.CultureInfo.InvariantCulture).AddHours(-3));
                var next = timetable.From(time.GetUtcNow()).FirstOrDefault()?.At;
                var sent = new List<(DateTimeOffset At, DateTimeOffset Occurrence)>();
                // looked at each minute, but for two hours in which nothing runs
                for (var minute = 0; minute < 12 * 60; minute++, time.Advance(TimeSpan.FromMinutes(1)))
                {
                    var now = time.GetUtcNow();
                    if (next is not { } at || at > now || minute is > 175 and < 295)
                        continue;
                    var due = DueOccurrence.At(timetable, at, now, missed, Grace);
                    if (due.Goes is { } goes)
                        sent.Add((now, goes.At));
                    next = due.Next?.At;
                    next.ShouldSatisfyAllConditions(() => (next is null || next > now).ShouldBeTrue("nothing that passed is waited for"));
                }

                sent.Select(one => one.At).ShouldBeUnique();
                sent.Select(one => one.Occurrence).ShouldBeUnique();
                sent.Where(one => one.At - one.Occurrence > Grace).Count().ShouldBeLessThanOrEqualTo(missed == MissedPolicy.Once ? 1 : 0);
                // all that was not in the outage went out at its minute
                timetable.From(time.Start).TakeWhile(one => one.At < time.GetUtcNow().AddMinutes(-1))
                    .Where(one => one.At <= time.Start.AddMinutes(175) || one.At >= time.Start.AddMinutes(295))
                    .Select(one => one.At).Except(sent.Select(one => one.Occurrence)).ShouldBeEmpty();
            }
        }
    }

    [Theory]
    [InlineData(0, MissedPolicy.Skip, true, false, 0)]
    [InlineData(5, MissedPolicy.Skip, true, false, 0)]
    [InlineData(6, MissedPolicy.Skip, false, false, 1)]
    [InlineData(6, MissedPolicy.Once, true, true, 0)]
    [InlineData(125, MissedPolicy.Skip, false, false, 3)]
    [InlineData(125, MissedPolicy.Once, true, true, 2)]
    [InlineData(121, MissedPolicy.Skip, true, false, 2)]
    public void What_was_missed_is_skipped_or_goes_out_once(int minutesLate, string missed, bool goes, bool isLate, int lost)
    {
        var start = new DateTimeOffset(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);
        var hourly = Timetable.Of(TimeZoneInfo.Utc, new Recurrence(start, 1, RecurrenceUnit.Hours, Count: 100));
        // of 125 minutes the grace has passed for the third, too
        var now = start.AddMinutes(minutesLate).AddSeconds(minutesLate == 125 ? 1 : 0);

        var due = DueOccurrence.At(hourly, start, now, missed, Grace);

        (due.Goes is not null, due.IsLate, due.Missed).ShouldBe((goes, isLate, lost));
        due.Next!.At.ShouldBe(start.AddHours((minutesLate / 60) + 1));
        if (due.Goes is { } occurrence)
            occurrence.At.ShouldBe(start.AddHours(minutesLate / 60));
    }

    [Fact]
    public void After_its_last_occurrence_nothing_is_waited_for()
    {
        var start = new DateTimeOffset(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);
        var once = Timetable.Of(TimeZoneInfo.Utc, new Recurrence(start, 1, RecurrenceUnit.Days, Count: 1));

        DueOccurrence.At(once, start, start, MissedPolicy.Skip, Grace).ShouldBe(new(new(start), false, 0, null));
        DueOccurrence.At(once, start, start.AddDays(30), MissedPolicy.Skip, Grace).ShouldBe(new(null, false, 1, null));
    }

    private static IEnumerable<Timetable> Timetables(DateTimeOffset begin) =>
    [
        Timetable.Of(Berlin, new Recurrence(begin.AddHours(-3), 1, RecurrenceUnit.Hours, Count: 100)),
        Timetable.Of(Berlin, new Recurrence(begin.AddDays(-1).AddMinutes(30), 1, RecurrenceUnit.Days, Count: 100)),
        Timetable.Of(Berlin, [.. from hour in Enumerable.Range(0, 8) from minute in new[] { 0, 20, 40 }
            select new WeeklySlot(TimeZoneInfo.ConvertTime(begin, Berlin).DayOfWeek, new(hour, minute))]),
    ];
}
