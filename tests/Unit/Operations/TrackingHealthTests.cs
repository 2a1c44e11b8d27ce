using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Operations.Health;
using Switchboard.Edge.Api.Operations.Performance;

namespace Switchboard.Tests.Unit.Operations;

/// <summary>On each boundary, the last number that is good and the first that is not.</summary>
public sealed class TrackingHealthTests
{
    [Fact]
    public void Who_has_done_nothing_yet_is_healthy()
    {
        var health = TrackingHealth.Of(Reading(), new());

        health.Status.ShouldBe("healthy");
        health.Checks.Select(check => check.Name).ShouldBe(
        [
            "queryP95Ms", "cacheHitRate", "mailsPerHour", "webhookJobsPerMinute", "queueDepth", "poolUse", "errorRate", "localLimitRate", "database",
        ]);
    }

    [Theory]
    [InlineData(19, 1, true)]
    [InlineData(18, 2, false)]
    [InlineData(0, 19, true)]
    public void Nineteen_of_twenty_queries_take_half_a_second_at_most(int quick, int slow, bool isOk) =>
        Judge("queryP95Ms", isOk, Reading(Reports.Of(ProcessServices.Edge, Queries(quick, slow))));

    [Fact]
    public void What_workers_run_may_take_its_time_and_is_shown()
    {
        var health = TrackingHealth.Of(Reading(Reports.Of(ProcessServices.Analytics, Queries(0, 100)), Reports.Of(ProcessServices.Edge, Queries(9, 0))), new());

        health.Status.ShouldBe("healthy");
        health.Queries.Select(query => (query.Service, query.Name, query.Count)).ShouldBe([("analytics", "some-query", 100), ("edge", "some-query", 9)]);
        health.Queries[0].P95Ms.ShouldNotBeNull().ShouldBeGreaterThan(500);
    }

    [Theory]
    [InlineData("tracked-emails", 1_000, 1_000, true)]
    [InlineData("tracked-emails", 999, 1_001, false)]
    [InlineData("email-analytics", 999, 1_001, false)]
    [InlineData("tracked-emails", 0, 1_999, true)]
    [InlineData("someone-elses", 0, 9_999, true)]
    public void Half_of_the_lookups_hit_once_there_were_two_thousand(string space, long hits, long misses, bool isOk) =>
        Judge("cacheHitRate", isOk, Reading(Reports.Of(ProcessServices.Edge, Reports.Cache(space, hits - (hits / 2), hits / 2, misses))));

    [Theory]
    [InlineData(85, 15, true)]
    [InlineData(84, 16, false)]
    [InlineData(0, 99, true)]
    public void So_many_checks_of_limits_must_be_answered_locally_once_there_were_a_hundred(long local, long redis, bool isOk) =>
        Judge(
            "localLimitRate", isOk, Reading(Reports.Of(ProcessServices.Ingest, Limits(local, redis))),
            new TrackingHealthOptions { MinLocalLimitRate = 0.85 });

    [Fact]
    public void Many_quiet_mailboxes_each_of_which_asks_Redis_first_are_no_fault() =>
        Judge("localLimitRate", isOk: true, Reading(Reports.Of(ProcessServices.Ingest, Limits(0, 9_999))));

    [Fact]
    public void An_optimisation_that_is_off_is_not_missed()
    {
        var reports = Reports.Of(ProcessServices.Edge, Reports.Cache("tracked-emails", 0, 0, 9_999), Limits(0, 9_999));

        TrackingHealth.Of(Reading(reports) with { IsCaching = false, IsLimitLocal = false }, new()).Status.ShouldBe("healthy");
    }

    [Theory]
    [InlineData(10_000, 0, true)]
    [InlineData(9_000, 1_000, true)]
    [InlineData(9_000, 1_001, false)]
    [InlineData(10_001, null, false)]
    public void Ten_thousand_jobs_may_wait_in_postgres_and_the_broker(long waiting, int? ready, bool isOk)
    {
        WaitingJobs[] jobs = [new(JobPriority.High, waiting - 1, null), new(JobPriority.Low, 1, null)];

        Judge("queueDepth", isOk, Reading() with { Tables = new(jobs, 0), Ready = ready });
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void Nine_of_ten_connections_may_be_in_use(int busy, bool isOk) =>
        Judge("poolUse", isOk, Reading(Reports.Of(ProcessServices.Edge, Reports.Database(idle: 10 - busy, busy, waiting: 0))));

    [Theory]
    [InlineData(20, 1, true)]
    [InlineData(20, 2, false)]
    [InlineData(19, 19, true)]
    public void At_most_one_in_twenty_answers_is_an_error(long requests, long errors, bool isOk) =>
        Judge("errorRate", isOk, Reading(Reports.Of(ProcessServices.Edge, Reports.Requests(RouteMeter.TrackedMail, requests, errors, requests))));

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(9, 10, false)]
    [InlineData(10, 10, true)]
    public void Few_mails_are_fine_unless_a_least_number_is_expected(long mails, int least, bool isOk) => Judge(
        "mailsPerHour", isOk,
        Reading(Reports.Of(ProcessServices.Ingest, (MailStats.Section, new MailStats(100, mails)))),
        new() { MinMailsPerHour = least });

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1.8, 2, false)]
    [InlineData(2, 2, true)]
    public void Few_notifications_are_fine_unless_a_least_number_is_expected(double jobs, int least, bool isOk) => Judge(
        "webhookJobsPerMinute", isOk, Reading() with { Tables = new([], jobs) }, new() { MinWebhookJobsPerMinute = least });

    [Fact]
    public void Without_the_database_nothing_is_well()
    {
        Judge("database", isOk: false, Reading() with { Tables = null });
        TrackingHealth.Off(isDatabaseThere: false).Status.ShouldBe("unhealthy");
    }

    [Fact]
    public void While_nothing_is_measured_the_database_alone_is_looked_at()
    {
        var health = TrackingHealth.Off(isDatabaseThere: true);

        health.Status.ShouldBe("off");
        health.Checks.ShouldHaveSingleItem().Name.ShouldBe("database");
    }

    private static void Judge(string name, bool isOk, HealthReading reading, TrackingHealthOptions? options = null)
    {
        var health = TrackingHealth.Of(reading, options ?? new());
        health.Checks.Single(check => check.Name == name).Ok.ShouldBe(isOk);
        health.Checks.Where(check => check.Name != name).ShouldAllBe(check => check.Ok);
        health.Status.ShouldBe(isOk ? "healthy" : "unhealthy");
    }

    private static HealthReading Reading(params ProcessReport[] reports) =>
        new(reports, new HealthTables([], 0), Ready: 0, IsCaching: true, IsLimitLocal: true);

    private static (string Section, object Value) Queries(int quick, int slow)
    {
        var latencies = new long[LatencyBuckets.Count];
        latencies[LatencyBuckets.IndexOf(TimeSpan.FromMilliseconds(500))] += quick;
        latencies[LatencyBuckets.IndexOf(TimeSpan.FromMilliseconds(501))] += slow;
        var window = new RequestWindow(quick + slow, 0, (quick * 500) + (slow * 501), latencies);
        return (QueryStats.Section, new QueryStats(
            new Dictionary<string, RequestCounts> { ["some-query"] = new(window.Count, 0, RequestWindow.Empty, window) }));
    }

    private static (string Section, object Value) Limits(long local, long redis) =>
        (LimitStats.Section, new LimitStats(new(1, 1, 1, 1, 1), new(local, redis, 0, 0, 0)));
}
