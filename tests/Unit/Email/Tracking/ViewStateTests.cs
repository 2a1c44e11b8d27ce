using Switchboard.Analytics.Worker.Email;

namespace Switchboard.Tests.Unit.Email.Tracking;

public sealed class ViewStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly ViewOptions Options = new() { RefreshMinutes = 10, CheckSeconds = 20, ManyChanges = 1_000 };

    [Theory]
    [InlineData(579, 0, 20, false)]
    [InlineData(580, 0, 20, true)]
    [InlineData(100, 999, 20, false)]
    [InlineData(99, 1_000, 20, false)]
    [InlineData(100, 1_000, 20, true)]
    [InlineData(20, 1_000, 4, true)]
    public void Days_are_made_again_before_ten_minutes_are_over_or_soon_after_many_changes(
        int ageSeconds, int changes, int durationSeconds, bool isDue) =>
        new ViewState(Now.AddSeconds(-ageSeconds), TimeSpan.FromSeconds(durationSeconds), changes).IsDue(Now, Options).ShouldBe(isDue);
}
