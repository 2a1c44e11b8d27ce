using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Redis;

namespace Switchboard.Tests.Unit.Redis;

public sealed class RedisHeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly FakeTimeProvider _timeProvider = new();
    private readonly RedisHeartbeat _heartbeat;

    public RedisHeartbeatTests() => _heartbeat = new RedisHeartbeat(Interval, TimeSpan.FromSeconds(2), _timeProvider);

    [Fact]
    public void Redis_is_silent_after_two_seconds_of_unanswered_heartbeats_and_not_before()
    {
        Tick(Interval, times: 7);
        _heartbeat.IsSilent.ShouldBeFalse();

        Tick(Interval);

        _heartbeat.IsSilent.ShouldBeTrue();
    }

    [Fact]
    public void One_answer_ends_the_silence()
    {
        Tick(Interval, times: 8);

        _heartbeat.Answer();

        _heartbeat.IsSilent.ShouldBeFalse();
        Tick(Interval, times: 8);
        _heartbeat.IsSilent.ShouldBeFalse("the first of them had the answer");
        Tick(Interval);
        _heartbeat.IsSilent.ShouldBeTrue();
    }

    [Fact]
    public void A_process_that_stood_still_for_a_minute_takes_it_for_no_outage()
    {
        Tick(Interval);

        Tick(TimeSpan.FromMinutes(1));

        _heartbeat.IsSilent.ShouldBeFalse();
    }

    [Fact]
    public void With_a_timer_that_is_always_late_an_outage_is_noticed_later_and_in_bounded_time()
    {
        Tick(Interval * 4, times: 7);
        _heartbeat.IsSilent.ShouldBeFalse("seven seconds, in which the process hardly ran");

        Tick(Interval * 4);

        _heartbeat.IsSilent.ShouldBeTrue();
    }

    [Fact]
    public void How_late_the_timer_is_says_how_much_longer_an_answer_may_take()
    {
        Tick(Interval);
        _heartbeat.Delay.ShouldBe(TimeSpan.Zero);

        Tick(Interval + TimeSpan.FromMilliseconds(400));
        _heartbeat.Delay.ShouldBe(TimeSpan.FromMilliseconds(400));

        Tick(Interval);
        _heartbeat.Delay.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void However_short_the_time_one_or_two_missed_heartbeats_are_no_outage()
    {
        var heartbeat = new RedisHeartbeat(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(500), _timeProvider);

        heartbeat.Tick();
        heartbeat.Tick();
        heartbeat.IsSilent.ShouldBeFalse();
        heartbeat.Tick();
        heartbeat.IsSilent.ShouldBeTrue();
    }

    private void Tick(TimeSpan after, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _timeProvider.Advance(after);
            _heartbeat.Tick();
        }
    }
}
