using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Unit.Diagnostics;

public sealed class LimitMeterTests
{
    private static readonly LayeredLimitCounts Before = new(0, 100, 0, 0, 3);
    private static readonly LayeredLimitCounts After = new(90, 110, 0, 0, 3);

    private readonly FakeTimeProvider _time = new();
    private readonly LimitMeter _meter;
    private LayeredLimitCounts _counts = Before;

    public LimitMeterTests() => _meter = new(() => _counts, _time);

    [Fact]
    public void At_first_everything_is_of_the_last_minutes() => _meter.Read().ShouldBe(new LimitStats(Before, Before));

    [Theory]
    [InlineData(299, false)]
    [InlineData(300, true)]
    public void What_was_counted_five_minutes_ago_is_left_out(int seconds, bool isLeftOut)
    {
        _meter.Read();
        _counts = After;
        _time.Advance(TimeSpan.FromMilliseconds(seconds * 1_000));

        _meter.Read().ShouldBe(new LimitStats(After, isLeftOut ? new(90, 10, 0, 0, 0) : After));
    }

    [Fact]
    public void However_often_it_is_read_it_keeps_a_sample_each_five_seconds()
    {
        for (var tenth = 0; tenth < 6_000; tenth++)
        {
            _counts = new(tenth, 0, 0, 0, 0);
            _meter.Read();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        _meter.Read().LastFiveMinutes.Local.ShouldBeInRange(2_950, 3_050);
    }
}
