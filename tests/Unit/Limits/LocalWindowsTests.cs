using Switchboard.Core.Redis.Limits;
using Switchboard.Tests.Unit.Caching;

namespace Switchboard.Tests.Unit.Limits;

public sealed class LocalWindowsTests
{
    [Fact]
    public void Keys_nobody_asks_for_any_more_are_forgotten()
    {
        var time = new FakeTime();
        var windows = new LocalWindows(time);
        var limit = new RateLimit(1, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 1_000; i++)
            windows.Acquire($"{i}", limit, 1, partial: false).IsAllowed.ShouldBeTrue();
        windows.Count.ShouldBe(1_000);

        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 1_000; i++)
            windows.Acquire("same", limit, 1, partial: false);

        windows.Count.ShouldBe(1);
    }
}
