using System.Globalization;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>Which zones there are, and what their local times are.</summary>
public sealed class LocalTimesTests
{
    [Theory]
    [InlineData("Europe/Vienna")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("Etc/GMT+5")]
    [InlineData("UTC")]
    public void What_IANA_names_is_a_zone(string id) => LocalTimes.FindZone(id).ShouldNotBeNull().Id.ShouldBe(id);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Europe/Atlantis")]
    [InlineData("Europe")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("../zoneinfo/Europe/Vienna")]
    [InlineData("/etc/localtime")]
    [InlineData("posix/Europe/Vienna")]
    [InlineData("right/Europe/Vienna")]
    [InlineData("localtime")]
    [InlineData("zone.tab")]
    [InlineData("+01:00")]
    public void Nothing_else_is(string? id) => LocalTimes.FindZone(id).ShouldBeNull();

    [Theory]
    [InlineData("08:00", "2026-01-10T07:30Z", "2026-01-11T07:00Z")]
    [InlineData("08:00", "2026-01-10T06:30Z", "2026-01-10T07:00Z")]
    [InlineData("08:00", "2026-01-10T07:00Z", "2026-01-11T07:00Z")]
    [InlineData("02:30", "2026-03-28T12:00Z", "2026-03-29T01:00Z")] // is left out
    [InlineData("02:30", "2026-03-29T01:00Z", "2026-03-30T00:30Z")]
    [InlineData("02:30", "2026-10-24T12:00Z", "2026-10-25T00:30Z")] // comes twice
    [InlineData("02:30", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    public void A_time_of_the_day_comes_once_a_day(string time, string after, string next) =>
        LocalTimes.Next(At(after), TimeOnly.Parse(time, CultureInfo.InvariantCulture), LocalTimes.FindZone("Europe/Vienna")!)
            .ShouldBe(At(next));

    private static DateTimeOffset At(string text) => DateTimeOffset.ParseExact(text, "yyyy-MM-ddTHH:mmK", CultureInfo.InvariantCulture);
}
