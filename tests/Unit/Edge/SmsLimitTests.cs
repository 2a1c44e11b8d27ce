using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Tests.Unit.Caching;

namespace Switchboard.Tests.Unit.Edge;

/// <summary>With Redis away, so that the process counts alone.</summary>
public sealed class SmsLimitTests : IDisposable
{
    private const string Number = "+15550100001";

    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly FakeTime _time = new();
    private readonly RedisConnection _redis;
    private readonly SmsLimit _limit;

    public SmsLimitTests()
    {
        _redis = new(() => throw new InvalidOperationException("There is no Redis."), Options.Create(new RedisOptions()), _time, NullLogger<RedisConnection>.Instance);
        _limit = new(_redis, new ThrottledNumbers(_time), Options.Create(new SmsLimitOptions()), _time);
    }

    [Fact]
    public async Task Twenty_in_an_hour_are_taken_and_the_next_when_the_first_is_an_hour_old()
    {
        for (var text = 0; text < 20; text++)
        {
            (await _limit.TakeAsync(Number, $"SM{text}", Never)).IsGranted.ShouldBeTrue();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        var refused = await _limit.TakeAsync(Number, "SM20", Never);
        refused.ShouldBe(SmsPermit.Refused(TimeSpan.FromMinutes(40)));
        (await _limit.TakeAsync("+15550100002", "SM21", Never)).IsGranted.ShouldBeTrue("another number counts for itself");

        _time.Advance(refused.RetryAfter - TimeSpan.FromMilliseconds(1));
        (await _limit.TakeAsync(Number, "SM20", Never)).IsGranted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await _limit.TakeAsync(Number, "SM20", Never)).IsGranted.ShouldBeTrue();
        (await _limit.TakeAsync(Number, "SM22", Never)).IsGranted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_text_that_comes_again_counts_once_and_one_that_was_refused_does_not()
    {
        for (var text = 0; text < 19; text++)
            await _limit.TakeAsync(Number, $"SM{text}", Never);
        for (var again = 0; again < 30; again++)
            (await _limit.TakeAsync(Number, "SM3", Never)).IsGranted.ShouldBeTrue();

        (await _limit.TakeAsync(Number, "SM19", Never)).IsGranted.ShouldBeTrue();
        (await _limit.TakeAsync(Number, "SM20", Never)).IsGranted.ShouldBeFalse();
        (await _limit.TakeAsync(Number, "SM3", Never)).IsGranted.ShouldBeTrue();

        _time.Advance(TimeSpan.FromHours(1));
        for (var text = 20; text < 40; text++)
            (await _limit.TakeAsync(Number, $"SM{text}", Never)).IsGranted.ShouldBeTrue("the refused one left no trace");
    }

    [Fact]
    public void A_refusal_is_remembered_for_a_minute_with_the_texts_that_are_counted()
    {
        var refused = new ThrottledNumbers(_time);
        refused.TryAnswer(Number, "SM1", out _).ShouldBeFalse();
        refused.Remember(Number, TimeSpan.FromMinutes(30), new HashSet<string> { "SM1" });

        _time.Advance(TimeSpan.FromSeconds(59));
        refused.TryAnswer(Number, "SM1", out var again).ShouldBeTrue();
        again.IsGranted.ShouldBeTrue("it was counted before the refusal");
        refused.TryAnswer(Number, "SM2", out var next).ShouldBeTrue();
        next.ShouldBe(SmsPermit.Refused(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(59)));
        refused.Read().ShouldBe((1, 1_000, 1, 1));

        _time.Advance(TimeSpan.FromSeconds(1));
        refused.TryAnswer(Number, "SM2", out _).ShouldBeFalse();
        refused.Read().ShouldBe((0, 1_000, 1, 1));
    }

    [Fact]
    public void A_refusal_is_remembered_no_longer_than_it_lasts()
    {
        var refused = new ThrottledNumbers(_time);
        refused.Remember(Number, TimeSpan.FromSeconds(5), new HashSet<string>());

        _time.Advance(TimeSpan.FromSeconds(5));
        refused.TryAnswer(Number, "SM1", out _).ShouldBeFalse();
    }

    [Fact]
    public void At_a_thousand_numbers_the_one_that_was_not_used_longest_goes()
    {
        var refused = new ThrottledNumbers(_time);
        for (var number = 0; number < 1_000; number++)
            refused.Remember($"+{number}", TimeSpan.FromMinutes(1), new HashSet<string>());
        refused.TryAnswer("+0", "SM1", out _).ShouldBeTrue();
        refused.Remember("+1000", TimeSpan.FromMinutes(1), new HashSet<string>());

        refused.TryAnswer("+1", "SM1", out _).ShouldBeFalse();
        refused.TryAnswer("+0", "SM1", out _).ShouldBeTrue();
        refused.Read().Size.ShouldBe(1_000);
        refused.Clear();
        refused.TryAnswer("+0", "SM1", out _).ShouldBeFalse();
    }

    public void Dispose() => _redis.Dispose();
}
