using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Providers;

namespace Switchboard.Tests.Unit.Providers;

public sealed class RetryAfterHeaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("17", 17)]
    [InlineData(" 17 ", 17)]
    [InlineData("1.5", 1.5)]
    [InlineData("0.25", 0.25)]
    [InlineData("Sun, 22 Nov 2026 06:02:00 GMT", 120)]
    [InlineData("Sunday, 22-Nov-26 06:02:00 GMT", 120)]
    [InlineData("Sun Nov 22 06:02:00 2026", 120)]
    public void It_is_seconds_fractions_of_them_or_a_date(string value, double seconds) =>
        Read(value).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("2147483647")]
    [InlineData("99999999999999999999")]
    [InlineData("Mon, 22 Nov 2094 06:00:00 GMT")]
    public void Nobody_parks_a_message_for_longer_than_an_hour(string value) => Read(value).ShouldBe(TimeSpan.FromHours(1));

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("Sun, 22 Nov 2026 05:59:00 GMT")]
    public void What_is_over_or_cannot_be_read_is_none(string value) => Read(value).ShouldBeNull();

    [Fact]
    public void The_caller_may_believe_a_longer_one() =>
        RetryAfterHeader.Parse("7200", Now, TimeSpan.FromDays(1)).ShouldBe(TimeSpan.FromHours(2));

    private static TimeSpan? Read(string value)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("Retry-After", value).ShouldBeTrue();
        return RetryAfterHeader.Read(response.Headers, new FakeTimeProvider(Now));
    }
}
