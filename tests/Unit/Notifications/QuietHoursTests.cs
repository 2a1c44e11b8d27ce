using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>When a recipient is left alone until, over midnight and where clocks change. In 2026 (January 9 is a Friday).</summary>
public sealed class QuietHoursTests
{
    private const string Vienna = "Europe/Vienna"; // 2026-03-29T01:00Z +1 to +2, 2026-10-25T01:00Z back
    private const string NewYork = "America/New_York"; // 2026-03-08T07:00Z -5 to -4, 2026-11-01T06:00Z back
    private const string LordHowe = "Australia/Lord_Howe"; // 2026-10-03T15:30Z +10:30 to +11, 2026-04-04T15:00Z back
    private const string Kathmandu = "Asia/Kathmandu"; // +5:45

    // of each change, what is around it
    private static readonly (string Zone, DateTimeOffset Change)[] Changes =
    [
        (Vienna, At("2026-03-29T01:00Z")), (Vienna, At("2026-10-25T01:00Z")), (NewYork, At("2026-03-08T07:00Z")), (NewYork, At("2026-11-01T06:00Z")),
        (LordHowe, At("2026-10-03T15:30Z")), (LordHowe, At("2026-04-04T15:00Z")), (Kathmandu, At("2026-01-10T00:00Z")),
        // at midnight, so that days begin at one o'clock or come twice
        ("Africa/Cairo", At("2026-04-23T22:00Z")), ("Africa/Cairo", At("2026-10-29T21:00Z")),
        // the 30th of December was left out
        ("Pacific/Apia", At("2011-12-30T10:00Z")),
    ];

    [Theory]
    [InlineData(Vienna, "5 22:00-07:00", "2026-01-09T20:59Z", null)]
    [InlineData(Vienna, "5 22:00-07:00", "2026-01-09T21:00Z", "2026-01-10T06:00Z")]
    [InlineData(Vienna, "5 22:00-07:00", "2026-01-10T05:59Z", "2026-01-10T06:00Z")] // Saturday, of Friday's
    [InlineData(Vienna, "5 22:00-07:00", "2026-01-10T06:00Z", null)]
    [InlineData(Vienna, "5 22:00-07:00", "2026-01-10T21:30Z", null)]
    [InlineData(Vienna, "5 22:00-07:00", "2026-01-09T00:00Z", null)] // Friday morning would be Thursday's
    [InlineData(Vienna, "5 22:00-07:00, 6 07:00-09:00", "2026-01-09T22:00Z", "2026-01-10T08:00Z")]
    [InlineData(Vienna, "67 00:00-00:00", "2026-01-09T23:00Z", "2026-01-11T23:00Z")] // the weekend
    [InlineData(Kathmandu, "1234567 22:00-07:00", "2026-01-10T00:00Z", "2026-01-10T01:15Z")]
    public void It_is_the_end_of_what_a_day_began(string zone, string windows, string now, string? until) => Check(zone, windows, now, until);

    [Theory]
    [InlineData(Vienna, "6 22:00-02:30", "2026-03-29T00:59Z", "2026-03-29T01:00Z")] // 01:59, then 03:00
    [InlineData(Vienna, "6 22:00-02:30", "2026-03-29T01:00Z", null)]
    [InlineData(Vienna, "7 02:30-06:00", "2026-03-29T00:59Z", null)]
    [InlineData(Vienna, "7 02:30-06:00", "2026-03-29T01:00Z", "2026-03-29T04:00Z")]
    [InlineData(Vienna, "7 02:10-02:50", "2026-03-29T01:00Z", null)] // there is none of it
    [InlineData(Vienna, "6 22:00-07:00", "2026-03-28T23:00Z", "2026-03-29T05:00Z")]
    [InlineData(NewYork, "6 22:00-02:30", "2026-03-08T06:59Z", "2026-03-08T07:00Z")]
    [InlineData(NewYork, "7 02:30-06:00", "2026-03-08T07:00Z", "2026-03-08T10:00Z")]
    [InlineData(LordHowe, "6 22:00-02:15", "2026-10-03T15:29Z", "2026-10-03T15:30Z")] // 01:59, then 02:30
    [InlineData(LordHowe, "7 02:15-06:00", "2026-10-03T15:30Z", "2026-10-03T19:00Z")]
    public void A_time_that_is_left_out_is_that_of_the_change(string zone, string windows, string now, string? until) => Check(zone, windows, now, until);

    [Theory]
    [InlineData(Vienna, "6 22:00-02:30", "2026-10-25T00:29Z", "2026-10-25T01:30Z")]
    [InlineData(Vienna, "6 22:00-02:30", "2026-10-25T00:30Z", "2026-10-25T01:30Z")] // the first 02:30
    [InlineData(Vienna, "6 22:00-02:30", "2026-10-25T01:30Z", null)]
    [InlineData(Vienna, "7 02:30-06:00", "2026-10-25T00:29Z", null)]
    [InlineData(Vienna, "7 02:30-06:00", "2026-10-25T00:30Z", "2026-10-25T05:00Z")]
    [InlineData(Vienna, "7 02:30-06:00", "2026-10-25T01:15Z", "2026-10-25T05:00Z")] // 02:15 again
    [InlineData(NewYork, "6 22:00-01:30", "2026-11-01T05:30Z", "2026-11-01T06:30Z")]
    [InlineData(NewYork, "7 01:30-06:00", "2026-11-01T05:30Z", "2026-11-01T11:00Z")]
    [InlineData(NewYork, "6 22:00-01:30", "2026-11-01T06:30Z", null)]
    [InlineData(LordHowe, "6 22:00-01:45", "2026-04-04T14:45Z", "2026-04-04T15:15Z")]
    [InlineData(LordHowe, "7 01:45-06:00", "2026-04-04T14:45Z", "2026-04-04T19:30Z")]
    public void Of_a_time_that_comes_twice_the_first_begins_it_and_the_last_ends_it(string zone, string windows, string now, string? until) =>
        Check(zone, windows, now, until);

    [Fact]
    public void Until_its_end_all_is_quiet_and_then_nothing_is_and_what_the_clock_says_is_kept()
    {
        var minute = Gen.Elements("00:00", "00:30", "01:00", "01:15", "01:30", "01:45", "02:00", "02:15", "02:30", "03:00", "06:00", "07:30", "22:00", "23:30");
        var day = Gen.Choose(1, 7);
        var window = from days in day.NonEmptyListOf()
                     from begin in minute
                     from end in minute
                     select new QuietWindow([.. days.Distinct()], TimeOnly.Parse(begin, CultureInfo.InvariantCulture), TimeOnly.Parse(end, CultureInfo.InvariantCulture));
        var cases = from change in Gen.Elements(Changes)
                    from windows in window.NonEmptyListOf()
                    from minutes in Gen.Choose(-2 * 1440, 2 * 1440)
                    select (change.Zone, Windows: windows.Take(3).ToArray(), Now: change.Change.AddMinutes(minutes));

        Holds(cases.Where(one => !QuietHours.LeaveNothing(one.Windows)));
    }

    private static void Holds(Gen<(string Zone, QuietWindow[] Windows, DateTimeOffset Now)> cases) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(20), Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var zone = LocalTimes.FindZone(one.Zone)!;
            var until = QuietHours.Until(one.Windows, one.Now, zone);
            if (IsShownIn(one.Windows, one.Now, zone))
                until.ShouldNotBeNull("the clock shows a quiet time");
            if (until is not { } end)
                return;

            end.ShouldBeGreaterThan(one.Now);
            QuietHours.Until(one.Windows, end, zone).ShouldBeNull("it is over then");
            IsShownIn(one.Windows, end, zone).ShouldBeFalse("so it was not too early");
            var step = TimeSpan.FromTicks(Math.Max((end - one.Now).Ticks / 50, TimeSpan.TicksPerMinute));
            for (var between = one.Now; between < end; between += step)
            {
                QuietHours.Until(one.Windows, between, zone).ShouldBe(end, "released once");
                (IsShownIn(one.Windows, between, zone) || ComesTwice(between, zone)).ShouldBeTrue($"{between:u}: nobody asked for quiet then");
            }
        }));

    // by nothing but what the clock and the calendar show
    private static bool IsShownIn(QuietWindow[] windows, DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        var time = TimeOnly.FromDateTime(local);
        return windows.Any(window => window.From < window.To
            ? IsOn(window, local) && time >= window.From && time < window.To
            : (IsOn(window, local) && time >= window.From) || (IsOn(window, local.AddDays(-1)) && time < window.To));
    }

    private static bool IsOn(QuietWindow window, DateTime day) => window.Days.Contains(day.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek);

    private static bool ComesTwice(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        return LocalTimes.First(local, zone) != LocalTimes.Last(local, zone);
    }

    private static void Check(string zone, string windows, string now, string? until) =>
        QuietHours.Until(Windows(windows), At(now), LocalTimes.FindZone(zone)!).ShouldBe(until is null ? null : At(until));

    // "5 22:00-07:00, 67 00:00-00:00"
    private static QuietWindow[] Windows(string text) =>
    [
        .. text.Split(", ").Select(window => new QuietWindow(
            [.. window.Split(' ')[0].Select(day => day - '0')], Minute(window.Split(' ')[1].Split('-')[0]), Minute(window.Split('-')[1]))),
    ];

    private static TimeOnly Minute(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string text) => DateTimeOffset.ParseExact(text, "yyyy-MM-ddTHH:mmK", CultureInfo.InvariantCulture);
}
