using Switchboard.Core.Email;

namespace Switchboard.Tests.Unit.Email.Tracking;

public sealed class ScheduleTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly FollowUp FollowUp = new(2, 2, "Europe/Berlin", "whatsapp", "+1");

    [Theory]
    [InlineData("2026-11-23T09:00Z", 1, "2026-11-24T09:00Z")]
    [InlineData("2026-11-26T09:00Z", 2, "2026-11-30T09:00Z")]
    [InlineData("2026-11-27T09:00Z", 1, "2026-11-30T09:00Z")]
    [InlineData("2026-11-28T09:00Z", 1, "2026-11-30T09:00Z")]
    [InlineData("2026-11-29T09:00Z", 1, "2026-11-30T09:00Z")]
    [InlineData("2026-11-23T09:00Z", 10, "2026-12-07T09:00Z")]
    // Friday evening in UTC is Saturday in Berlin, and Sunday evening Monday
    [InlineData("2026-11-27T23:30Z", 1, "2026-11-29T23:30Z")]
    // the clocks go back on 25 October and forward on 29 March: the time of day stays
    [InlineData("2026-10-23T08:00Z", 1, "2026-10-26T09:00Z")]
    [InlineData("2027-03-26T09:00Z", 1, "2027-03-29T08:00Z")]
    public void Working_days_are_those_where_somebody_lives(string from, int days, string to) =>
        WorkingDays.Add(DateTimeOffset.Parse(from, null), days, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"))
            .ShouldBe(DateTimeOffset.Parse(to, null));

    [Fact]
    public void A_mail_gets_as_many_reminders_as_its_account_wants()
    {
        Next(reminders: 0).ShouldBe(Monday.AddDays(2));
        Next(reminders: 1, remindedAt: Monday.AddDays(3)).ShouldBe(Monday.AddDays(7));
        Next(reminders: 2, remindedAt: Monday.AddDays(7)).ShouldBeNull();
        TrackingSchedule.NextReminder(null, Monday, Monday, 0, null).ShouldBeNull();
    }

    [Fact]
    public void What_was_sent_before_an_account_was_tracked_gets_none()
    {
        TrackingSchedule.NextReminder(FollowUp, Monday, Monday, 0, null).ShouldNotBeNull();
        TrackingSchedule.NextReminder(FollowUp, Monday, Monday.AddTicks(-10), 0, null).ShouldBeNull();
        TrackingSchedule.NextReminder(FollowUp, null, Monday, 0, null).ShouldBeNull();
    }

    [Fact]
    public void The_first_thing_to_do_is_the_reminder_after_a_snooze_or_the_end()
    {
        var end = Monday.AddDays(90);
        TrackingSchedule.NextCheck(null, null, end).ShouldBe(end);
        TrackingSchedule.NextCheck(Monday, null, end).ShouldBe(Monday);
        TrackingSchedule.NextCheck(Monday, Monday.AddDays(5), end).ShouldBe(Monday.AddDays(5));
        TrackingSchedule.NextCheck(Monday.AddDays(6), Monday.AddDays(5), end).ShouldBe(Monday.AddDays(6));
        TrackingSchedule.NextCheck(end.AddDays(1), null, end).ShouldBe(end);
        TrackingSchedule.NextCheck(null, Monday, end).ShouldBe(end);
    }

    [Theory]
    [InlineData(true, true, true, -1, "stopped")]
    [InlineData(false, true, true, -1, "responded")]
    [InlineData(false, false, true, -1, "bounced")]
    [InlineData(false, false, false, 0, "expired")]
    [InlineData(false, false, false, 1, "active")]
    public void What_counts_more_is_the_status(bool isStopped, bool hasResponse, bool isBounced, int secondsLeft, string status) =>
        TrackedStatus.Of(isStopped, hasResponse, isBounced, Monday.AddSeconds(secondsLeft), Monday).ShouldBe(status);

    private static DateTimeOffset? Next(int reminders, DateTimeOffset? remindedAt = null) =>
        TrackingSchedule.NextReminder(FollowUp, Monday.AddDays(-1), Monday, reminders, remindedAt);
}
