using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Unit.Redis;

public sealed class SlidingWindowTests
{
    private const long Second = 1_000_000;
    private readonly SlidingWindow _window = new(new RateLimit(10, TimeSpan.FromSeconds(1)));

    [Fact]
    public void All_permits_go_at_once_and_come_back_a_window_later_to_the_microsecond()
    {
        _window.Acquire(0, 10, partial: false).ShouldBe(new RateLimitResult(true, 10, 0, TimeSpan.FromSeconds(1), TimeSpan.Zero));

        var refused = _window.Acquire(Second / 4, 1, partial: false);
        refused.ShouldBe(new RateLimitResult(false, 0, 0, TimeSpan.FromSeconds(0.75), TimeSpan.FromSeconds(0.75)));

        _window.Acquire(Second - 1, 1, partial: false).IsAllowed.ShouldBeFalse();
        _window.Acquire(Second, 10, partial: false).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void All_or_nothing_takes_nothing_where_a_part_would_be_left()
    {
        _window.Acquire(0, 8, partial: false);

        _window.Acquire(1, 3, partial: false).ShouldSatisfyAllConditions(r => r.IsAllowed.ShouldBeFalse(), r => r.Remaining.ShouldBe(2));
        _window.Acquire(2, 3, partial: true).ShouldSatisfyAllConditions(r => r.Granted.ShouldBe(2), r => r.Remaining.ShouldBe(0));
    }

    [Fact]
    public void A_refusal_says_when_enough_is_free()
    {
        _window.Acquire(0, 4, partial: false);
        _window.Acquire(Second / 2, 6, partial: false);

        _window.Acquire(Second * 3 / 4, 4, partial: false).RetryAfter.ShouldBe(TimeSpan.FromSeconds(0.25));
        _window.Acquire(Second * 3 / 4, 5, partial: false).RetryAfter.ShouldBe(TimeSpan.FromSeconds(0.75));
        _window.Acquire(Second * 3 / 4, 5, partial: true).RetryAfter.ShouldBe(TimeSpan.FromSeconds(0.25));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_window_wherever_it_begins_holds_more_than_the_limit_and_little_less_is_granted_under_pressure(int seed)
    {
        var random = new Random(seed);
        var window = new SlidingWindow(new RateLimit(100, TimeSpan.FromSeconds(1)));
        var grants = new List<(long At, int Count)>();
        for (long now = 0; now < 20 * Second; now += random.Next(1, 8_000))
        {
            var granted = window.Acquire(now, random.Next(1, 6), partial: true).Granted;
            if (granted > 0)
                grants.Add((now, granted));
        }

        foreach (var (from, _) in grants)
            grants.Where(grant => grant.At >= from && grant.At < from + Second).Sum(grant => grant.Count).ShouldBeLessThanOrEqualTo(100);
        grants.Sum(grant => grant.Count).ShouldBeGreaterThan(20 * 100 * 31 / 33);
    }

    [Fact]
    public void Windows_of_keys_that_nobody_asks_for_any_more_are_dropped()
    {
        var timeProvider = new FakeTimeProvider();
        var windows = new LocalWindows(timeProvider);
        var limit = new RateLimit(1, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 1_000; i++)
            windows.Acquire($"{i}", limit, 1, partial: false).IsAllowed.ShouldBeTrue();
        windows.Count.ShouldBe(1_000);

        timeProvider.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 1_000; i++)
            windows.Acquire("same", limit, 1, partial: false);

        windows.Count.ShouldBe(1);
    }
}
