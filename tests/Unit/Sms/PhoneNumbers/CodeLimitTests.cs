using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Tests.Unit.Sms.PhoneNumbers;

/// <summary>How often a code is sent. Without Redis, so that the process counts alone.</summary>
public sealed class CodeLimitTests : IDisposable
{
    private static readonly Guid User = Guid.CreateVersion7();

    private readonly FakeTimeProvider _time = new();
    private readonly RedisConnection _redis;

    public CodeLimitTests() => _redis = new(
        () => throw new InvalidOperationException("There is no Redis."), Options.Create(new RedisOptions()), _time, NullLogger<RedisConnection>.Instance);

    [Fact]
    public async Task A_number_gets_ten_codes_a_day_whoever_asks()
    {
        var limit = Limit(new());
        for (var code = 0; code < 10; code++)
        {
            (await limit.TakeAsync("+15550100001", Guid.CreateVersion7(), default)).ShouldBeNull();
            _time.Advance(TimeSpan.FromHours(1));
        }

        var refusal = (await limit.TakeAsync("+15550100001", User, default)).ShouldNotBeNull();
        refusal.Reason.ShouldBe("A number gets 10 codes a day.");
        refusal.RetryAfter.ShouldBeInRange(TimeSpan.FromHours(12), TimeSpan.FromHours(16));
        (await limit.TakeAsync("+15550100002", User, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Both_forms_of_a_mexican_number_are_one()
    {
        var limit = Limit(new());
        (await limit.TakeAsync("+525512345678", User, default)).ShouldBeNull();

        (await limit.TakeAsync("+5215512345678", User, default)).ShouldNotBeNull().Reason.ShouldBe("A number gets one code in 30 seconds.");
    }

    [Theory]
    [InlineData("GB", -1)]
    [InlineData("GB", 10_000_001)]
    [InlineData("GBR", 100)]
    public void A_country_is_two_letters_and_a_number_within_the_range(string country, int limit)
    {
        var options = new CodeLimitOptions { Countries = { [country] = limit } };

        Should.Throw<ValidationException>(() => Validator.ValidateObject(options, new(options), validateAllProperties: true))
            .Message.ShouldContain($"PhoneCodes:Countries:{country}");
    }

    [Fact]
    public async Task A_user_and_a_country_have_their_own_limits_and_a_user_who_is_refused_takes_nothing_from_the_country()
    {
        var limit = Limit(new() { PerUserPerDay = 2, Countries = { ["gb"] = 3, ["FR"] = 0 } });
        for (var number = 0; number < 2; number++)
            (await limit.TakeAsync($"+44740012340{number}", User, default)).ShouldBeNull();
        for (var number = 2; number < 6; number++)
            (await limit.TakeAsync($"+44740012340{number}", User, default)).ShouldNotBeNull().Reason.ShouldBe("A user gets 2 codes a day.");

        (await limit.TakeAsync("+447400123407", Guid.CreateVersion7(), default)).ShouldBeNull();
        (await limit.TakeAsync("+447400123408", Guid.CreateVersion7(), default)).ShouldNotBeNull()
            .Reason.ShouldBe("Numbers of GB get 3 codes a day.");
        (await limit.TakeAsync("+33612345678", Guid.CreateVersion7(), default)).ShouldNotBeNull().Reason.ShouldContain("FR");
        (await limit.TakeAsync("+4915112345678", Guid.CreateVersion7(), default)).ShouldBeNull("another country");
    }

    public void Dispose() => _redis.Dispose();

    private CodeLimit Limit(CodeLimitOptions options) => new(new SlidingWindowLimiter(_redis, _time), Options.Create(options));
}
