using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Edge.Api.Sms.Messages;

namespace Switchboard.Tests.Unit.Sms.Messages;

/// <summary>Without Redis, so that the process counts alone.</summary>
public sealed class SmsLimitTests : IDisposable
{
    private const string Number = "+15550100001";

    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly FakeTimeProvider _time = new();
    private readonly RedisConnection _redis;
    private readonly SmsLimit _limit;

    public SmsLimitTests()
    {
        _redis = new(() => throw new InvalidOperationException("There is no Redis."), Options.Create(new RedisOptions()), _time, NullLogger<RedisConnection>.Instance);
        _limit = new(new SlidingWindowLimiter(_redis, _time), _redis, new ThrottledNumbers(_time), Options.Create(new SmsLimitOptions()));
    }

    [Fact]
    public async Task Twenty_in_an_hour_are_taken_and_the_next_when_the_first_have_left_the_window()
    {
        for (var sms = 0; sms < 20; sms++)
        {
            (await _limit.TakeAsync(Number, $"SM{sms}", Never)).IsGranted.ShouldBeTrue();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        var refused = await _limit.TakeAsync(Number, "SM20", Never);
        refused.IsGranted.ShouldBeFalse();
        // the limiter counts in spans of a 32nd of the hour
        refused.RetryAfter.ShouldBeInRange(TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(42));
        (await _limit.TakeAsync("+15550100002", "SM21", Never)).IsGranted.ShouldBeTrue("another number counts for itself");

        _time.Advance(refused.RetryAfter - TimeSpan.FromMilliseconds(1));
        (await _limit.TakeAsync(Number, "SM20", Never)).IsGranted.ShouldBeFalse();
        // a timestamp of the fake time provider, since the year 1, is exact to some microseconds as a double
        _time.Advance(TimeSpan.FromMilliseconds(2));
        (await _limit.TakeAsync(Number, "SM20", Never)).IsGranted.ShouldBeTrue();
    }

    [Fact]
    public async Task An_SMS_that_comes_again_counts_once_and_one_that_was_refused_does_not()
    {
        for (var sms = 0; sms < 19; sms++)
            await _limit.TakeAsync(Number, $"SM{sms}", Never);
        for (var again = 0; again < 30; again++)
            (await _limit.TakeAsync(Number, "SM3", Never)).IsGranted.ShouldBeTrue();

        (await _limit.TakeAsync(Number, "SM19", Never)).IsGranted.ShouldBeTrue();
        (await _limit.TakeAsync(Number, "SM20", Never)).IsGranted.ShouldBeFalse();
        (await _limit.TakeAsync(Number, "SM3", Never)).IsGranted.ShouldBeTrue();

        _time.Advance(TimeSpan.FromHours(1));
        for (var sms = 20; sms < 40; sms++)
            (await _limit.TakeAsync(Number, $"SM{sms}", Never)).IsGranted.ShouldBeTrue("the refused one left no trace");
    }

    [Fact]
    public void A_refusal_is_remembered_for_a_minute()
    {
        var throttled = new ThrottledNumbers(_time);
        throttled.TryFind(Number, out _).ShouldBeFalse();
        throttled.Add(Number, TimeSpan.FromMinutes(30));

        _time.Advance(TimeSpan.FromSeconds(59));
        throttled.TryFind(Number, out var roomAfter).ShouldBeTrue();
        roomAfter.ShouldBe(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(59));
        throttled.Read().ShouldBe((1, 1_000, 1, 1));

        _time.Advance(TimeSpan.FromSeconds(1));
        throttled.TryFind(Number, out _).ShouldBeFalse();
        throttled.Read().ShouldBe((0, 1_000, 1, 1));
    }

    [Fact]
    public void A_refusal_is_remembered_no_longer_than_it_lasts()
    {
        var throttled = new ThrottledNumbers(_time);
        throttled.Add(Number, TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(5));
        throttled.TryFind(Number, out _).ShouldBeFalse();
    }

    [Fact]
    public void At_a_thousand_numbers_the_one_that_was_not_used_longest_goes()
    {
        var throttled = new ThrottledNumbers(_time);
        for (var number = 0; number < 1_000; number++)
            throttled.Add($"+{number}", TimeSpan.FromMinutes(1));
        throttled.TryFind("+0", out _).ShouldBeTrue();
        throttled.Add("+1000", TimeSpan.FromMinutes(1));

        throttled.TryFind("+1", out _).ShouldBeFalse();
        throttled.TryFind("+0", out _).ShouldBeTrue();
        throttled.Read().Size.ShouldBe(1_000);
        throttled.Clear();
        throttled.TryFind("+0", out _).ShouldBeFalse();
    }

    public void Dispose() => _redis.Dispose();
}
