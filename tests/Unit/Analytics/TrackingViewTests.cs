using Switchboard.Analytics.Worker.Tracking;

namespace Switchboard.Tests.Unit.Analytics;

public sealed class TrackingViewTests
{
    private static readonly TrackingViewOptions Options = new();

    [Theory]
    [InlineData(600, 1, true)]
    [InlineData(599, 1, false)]
    [InlineData(599, 1_999, false)]
    [InlineData(60, 2_000, true)]
    [InlineData(59, 2_000, false)]
    public void Views_are_made_anew_after_ten_minutes_or_sooner_when_much_has_changed(int ageSeconds, int changedHours, bool isDue) =>
        Options.IsDue(TimeSpan.FromSeconds(ageSeconds), changedHours).ShouldBe(isDue);

    [Fact]
    public void Views_of_which_nothing_has_changed_are_as_good_as_new() =>
        Options.IsDue(TimeSpan.FromDays(1), changedHours: 0).ShouldBeFalse();
}
