using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Tests.Unit.Diagnostics;

public sealed class MailCounterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MailCounter _mails;

    public MailCounterTests() => _mails = new(_time);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(58, 5)]
    [InlineData(59, 2)]
    [InlineData(60, 0)]
    public void Mails_leave_the_last_hour_minute_by_minute(int minutesLater, long lastHour)
    {
        _mails.Recorded(1);
        _mails.Recorded(2);
        _time.Advance(TimeSpan.FromMilliseconds(60_000));
        _mails.Recorded(2);
        _time.Advance(TimeSpan.FromMilliseconds(minutesLater * 60_000));

        _mails.Read().ShouldBe(new MailStats(5, lastHour));
    }

    [Fact]
    public void A_minute_that_is_used_again_begins_at_zero()
    {
        _mails.Recorded(7);
        _time.Advance(TimeSpan.FromMilliseconds(60 * 60_000));
        _mails.Recorded(1);

        _mails.Read().ShouldBe(new MailStats(8, 1));
    }
}
