using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Unit.Notifications.Notify;

public sealed class DigestWindowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_fixed_window_ends_so_long_after_its_first_event()
    {
        var window = DigestWindow.Of(new(DigestMode.Fixed, 15), Noon, null);

        window.ShouldBe(new(Noon.AddMinutes(15), Noon.AddMinutes(15)));
    }

    [Fact]
    public void A_sliding_window_moves_on_up_to_its_maximum()
    {
        var settings = new DigestSettings(DigestMode.Sliding, 10, 25);

        DigestWindow.Of(settings, Noon, null).ShouldBe(new(Noon.AddMinutes(10), Noon.AddMinutes(25)));
        DigestWindow.Of(settings with { MaxMinutes = 5 }, Noon, null).ShouldBe(new(Noon.AddMinutes(5), Noon.AddMinutes(5)));
    }

    // Vienna: on 29 March 2026 02:00 becomes 03:00, on 25 October 2026 03:00 becomes 02:00
    [Theory]
    [InlineData("2026-03-28T00:00Z", "09:00", "2026-03-28T08:00Z", "2026-03-29T07:00Z", "2026-03-30T07:00Z")]
    [InlineData("2026-10-24T00:00Z", "09:00", "2026-10-24T07:00Z", "2026-10-25T08:00Z", "2026-10-26T08:00Z")]
    // 02:30 is left out: at the change, and on each day once
    [InlineData("2026-03-28T00:00Z", "02:30", "2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z")]
    // 02:30 comes twice: at the first, and no second digest an hour later
    [InlineData("2026-10-24T12:00Z", "02:30", "2026-10-25T00:30Z", "2026-10-26T01:30Z", "2026-10-27T01:30Z")]
    public void A_daily_one_is_told_at_the_same_local_time_once_a_day_over_both_changes_of_clocks(
        string from, string at, params string[] expected)
    {
        var settings = new DigestSettings(DigestMode.Daily, At: TimeOnly.ParseExact(at, "HH:mm", null));
        var time = new FakeTimeProvider(DateTimeOffset.Parse(from, null));
        var told = new List<DateTimeOffset>();

        // an event every ten minutes: of those that come while one is open none opens another
        while (told.Count < expected.Length)
        {
            var window = DigestWindow.Of(settings, time.GetUtcNow(), "Europe/Vienna");
            window.LatestAt.ShouldBe(window.DueAt);
            if (told.Count == 0 || window.DueAt != told[^1])
                told.Add(window.DueAt);
            time.Advance(TimeSpan.FromMinutes(10));
        }

        told.ShouldBe(expected.Select(text => DateTimeOffset.Parse(text, null)));
    }
}
