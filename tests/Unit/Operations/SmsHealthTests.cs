using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Operations.Performance;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Tests.Unit.Operations;

/// <summary>On each boundary, the last number that is good and the first that is not.</summary>
public sealed class SmsHealthTests
{
    [Fact]
    public void Who_has_done_nothing_yet_is_healthy() => Of().Status.ShouldBe("healthy");

    [Theory]
    [InlineData(1_000, 1_000, true)]
    [InlineData(999, 1_001, false)]
    [InlineData(0, 1_999, true)]
    [InlineData(0, 2_000, false)]
    public void Half_of_the_lookups_hit_once_there_were_two_thousand(long hits, long misses, bool isOk) =>
        Judge("cacheHitRate", isOk, Reports.Cache(NumberOwners.OwnersNamespace, hits, 0, misses));

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void At_most_five_wait_for_a_connection(int waiting, bool isOk) =>
        Judge("waitingConnections", isOk, Reports.Database(0, 10, waiting));

    [Theory]
    [InlineData(20, 20 * 5_000, true)]
    [InlineData(20, (20 * 5_000) + 1, false)]
    [InlineData(19, 19 * 60_000, true)]
    public void Twenty_answers_take_five_seconds_each_at_most(long requests, double totalMs, bool isOk) =>
        Judge("averageResponseMs", isOk, Reports.Requests(RouteMeter.SmsWebhook, requests, 0, totalMs));

    [Theory]
    [InlineData(20, 1, true)]
    [InlineData(20, 2, false)]
    [InlineData(19, 19, true)]
    public void At_most_one_in_twenty_answers_is_an_error(long requests, long errors, bool isOk) =>
        Judge("errorRate", isOk, Reports.Requests(RouteMeter.SmsWebhook, requests, errors, requests));

    [Fact]
    public void Without_the_database_nothing_is_well()
    {
        var health = SmsHealth.Of([Reports.Of(ProcessServices.Edge)], isDatabaseThere: false, lowestHitRate: 0.5);

        health.Status.ShouldBe("unhealthy");
        health.Checks.Single(check => !check.Ok).Name.ShouldBe("database");
    }

    private static void Judge(string name, bool isOk, (string Section, object Value) section)
    {
        var health = Of(section);
        health.Checks.Single(check => check.Name == name).Ok.ShouldBe(isOk);
        health.Checks.Where(check => check.Name != name).ShouldAllBe(check => check.Ok);
        health.Status.ShouldBe(isOk ? "healthy" : "unhealthy");
    }

    private static SmsHealth Of(params (string Section, object Value)[] sections) =>
        SmsHealth.Of([Reports.Of(ProcessServices.Edge, sections)], isDatabaseThere: true, lowestHitRate: 0.5);
}
