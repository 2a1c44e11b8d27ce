using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Tests.Unit.Diagnostics;

public sealed class RequestCounterTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly RequestCounter _counter;

    public RequestCounterTests() => _counter = new(_time);

    [Fact]
    public void What_was_answered_is_in_each_window_at_once()
    {
        _counter.Record(Quick, isError: false);
        _counter.Record(Quick * 3, isError: true);

        var counts = _counter.Read();
        counts.Count.ShouldBe(2);
        counts.Errors.ShouldBe(1);
        counts.LastMinute.AverageMs().ShouldBe(20);
        counts.LastMinute.ErrorRate().ShouldBe(0.5);
        counts.LastFiveMinutes.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(59, 1, 1)]
    [InlineData(60, 0, 1)]
    [InlineData(299, 0, 1)]
    [InlineData(300, 0, 0)]
    [InlineData(3_000, 0, 0)]
    public void It_leaves_a_window_when_that_time_is_over(int seconds, int lastMinute, int lastFiveMinutes)
    {
        _counter.Record(Quick, isError: false);
        _time.Advance(TimeSpan.FromMilliseconds(seconds * 1_000));

        var counts = _counter.Read();
        (counts.LastMinute.Count, counts.LastFiveMinutes.Count, counts.Count).ShouldBe((lastMinute, lastFiveMinutes, 1));
    }

    [Fact]
    public void A_slice_that_is_used_again_begins_at_zero()
    {
        _counter.Record(TimeSpan.FromSeconds(4), isError: true);
        _time.Advance(TimeSpan.FromMilliseconds(300_000));
        _counter.Record(Quick, isError: false);

        var last = _counter.Read().LastFiveMinutes;
        (last.Count, last.Errors, last.TotalMs).ShouldBe((1, 0, Quick.TotalMilliseconds));
        last.PercentileMs(1).ShouldBe(10);
    }

    [Fact]
    public void One_in_twenty_that_was_slow_is_what_the_95th_percentile_leaves_out()
    {
        for (var i = 0; i < 95; i++)
            _counter.Record(TimeSpan.FromMilliseconds(8), isError: false);
        for (var i = 0; i < 5; i++)
            _counter.Record(TimeSpan.FromSeconds(4), isError: false);

        var window = _counter.Read().LastMinute;
        window.PercentileMs(0.95).ShouldNotBeNull().ShouldBeInRange(7, 10);
        window.PercentileMs(0.96).ShouldNotBeNull().ShouldBeInRange(3_000, 5_000);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        _counter.Record(Quick, isError: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            _counter.Record(Quick, isError: false);

        GC.GetAllocatedBytesForCurrentThread().ShouldBe(before);
    }
}
