using Switchboard.Core.Social.Scheduling;

namespace Switchboard.Tests.Unit.Social;

/// <summary>Europe/Berlin: on 2026-03-29 the clocks go from 02:00 to 03:00, on 2026-10-25 from 03:00 back to 02:00.</summary>
public sealed class TimetableTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void A_slot_has_its_local_time_on_both_sides_of_a_change()
    {
        var slots = Timetable.Of(Berlin, [new(DayOfWeek.Monday, new(9, 30))]);

        Times(slots.After(At("2026-03-22T00:00Z")).Take(3)).ShouldBe(["2026-03-23T08:30Z", "2026-03-30T07:30Z", "2026-04-06T07:30Z"]);
        Times(slots.After(At("2026-10-18T00:00Z")).Take(3)).ShouldBe(["2026-10-19T07:30Z", "2026-10-26T08:30Z", "2026-11-02T08:30Z"]);
    }

    [Fact]
    public void A_slot_that_its_day_leaves_out_is_at_the_first_moment_after_the_gap_and_says_so()
    {
        var slots = Timetable.Of(Berlin, [new(DayOfWeek.Sunday, new(2, 30))]).After(At("2026-03-21T12:00Z")).Take(3).ToList();

        Times(slots).ShouldBe(["2026-03-22T01:30Z", "2026-03-29T01:00Z", "2026-04-05T00:30Z"]);
        slots.Select(slot => slot.MovedFrom).ShouldBe([null, new(2026, 3, 29, 2, 30, 0), null]);
    }

    [Fact]
    public void Slots_that_fall_together_in_the_gap_are_one_occurrence()
    {
        var slots = Timetable.Of(
            Berlin, [new(DayOfWeek.Sunday, new(3, 0)), new(DayOfWeek.Sunday, new(2, 0)), new(DayOfWeek.Sunday, new(2, 59))]);

        Times(slots.After(At("2026-03-28T12:00Z")).Take(2)).ShouldBe(["2026-03-29T01:00Z", "2026-04-05T00:00Z"]);
    }

    [Fact]
    public void A_slot_that_its_day_has_twice_comes_once_the_first_time()
    {
        var slots = Timetable.Of(Berlin, [new(DayOfWeek.Sunday, new(2, 30))]);

        Times(slots.After(At("2026-10-24T12:00Z")).Take(2)).ShouldBe(["2026-10-25T00:30Z", "2026-11-01T01:30Z"]);
        // between the two
        Times(slots.After(At("2026-10-25T01:00Z")).Take(1)).ShouldBe(["2026-11-01T01:30Z"]);
    }

    [Fact]
    public void A_day_that_a_zone_left_out_altogether_is_the_begin_of_the_next()
    {
        // Samoa went over the date line: there was no 2011-12-30
        var slots = Timetable.Of(TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia"), [new(DayOfWeek.Friday, new(12, 0))]);

        Times(slots.After(At("2011-12-29T00:00Z")).Take(2)).ShouldBe(["2011-12-30T10:00Z", "2012-01-05T22:00Z"]);
    }

    [Fact]
    public void A_recurrence_of_days_keeps_its_time_of_the_day_and_one_of_hours_its_distance()
    {
        var start = At("2026-03-28T01:30Z"); // 02:30 in Berlin
        var days = Timetable.Of(Berlin, new Recurrence(start, 1, RecurrenceUnit.Days, Count: 3));
        var hours = Timetable.Of(Berlin, new Recurrence(start, 24, RecurrenceUnit.Hours, Count: 3));

        Times(days.From(start)).ShouldBe(["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"]);
        days.From(start).ElementAt(1).MovedFrom.ShouldBe(new DateTime(2026, 3, 29, 2, 30, 0));
        Times(hours.From(start)).ShouldBe(["2026-03-28T01:30Z", "2026-03-29T01:30Z", "2026-03-30T01:30Z"]);
    }

    [Fact]
    public void Each_occurrence_is_anchored_at_the_start_whenever_it_is_asked_for()
    {
        var start = At("2026-10-01T07:00Z");
        foreach (var recurrence in new[]
        {
            new Recurrence(start, 3, RecurrenceUnit.Days, Count: 40), new Recurrence(start, 2, RecurrenceUnit.Weeks, Count: 10),
            new Recurrence(start, 7, RecurrenceUnit.Hours, Until: start.AddDays(60)),
        })
        {
            var timetable = Timetable.Of(Berlin, recurrence);
            var all = timetable.From(start).ToList();
            for (var i = 1; i < all.Count; i++)
            {
                timetable.After(all[i - 1].At).First().ShouldBe(all[i]);
                timetable.After(all[i].At.AddSeconds(-1)).First().ShouldBe(all[i]);
                timetable.From(all[i].At).First().ShouldBe(all[i]);
            }

            timetable.After(all[^1].At).ShouldBeEmpty();
        }
    }

    [Fact]
    public void It_ends_by_what_comes_first_of_time_and_number()
    {
        var start = At("2026-01-01T00:00Z");
        Timetable.Of(TimeZoneInfo.Utc, new Recurrence(start, 1, RecurrenceUnit.Days, start.AddDays(2), 10)).From(start).Count().ShouldBe(3);
        Timetable.Of(TimeZoneInfo.Utc, new Recurrence(start, 1, RecurrenceUnit.Days, start.AddDays(20), 10)).From(start).Count().ShouldBe(10);
        // as far as there are times at all
        Timetable.Of(TimeZoneInfo.Utc, new Recurrence(start, 1_000, RecurrenceUnit.Weeks, Count: 10_000)).From(start).Count().ShouldBe(51);
    }

    [Fact]
    public void Slots_go_on_for_ever_and_are_asked_for_as_far_as_one_likes() =>
        Timetable.Of(Berlin, [new(DayOfWeek.Tuesday, new(8, 0)), new(DayOfWeek.Tuesday, new(20, 0))]).After(At("2026-01-01T00:00Z"))
            .Take(1_000).Zip(Timetable.Of(Berlin, [new(DayOfWeek.Tuesday, new(8, 0)), new(DayOfWeek.Tuesday, new(20, 0))])
                .After(At("2026-01-01T00:00Z")).Skip(1)).ShouldAllBe(pair => pair.First.At < pair.Second.At);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<string> Times(IEnumerable<Occurrence> occurrences) =>
        occurrences.Select(one => one.At.ToUniversalTime().ToString("yyyy-MM-ddTHH:mmZ", System.Globalization.CultureInfo.InvariantCulture));
}
