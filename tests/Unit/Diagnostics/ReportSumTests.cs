using System.Text.Json;
using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Operations.Performance;
using Switchboard.Edge.Api.Sms.PhoneNumbers;
using Switchboard.Tests.Unit.Operations;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>What several processes report, together.</summary>
public sealed class ReportSumTests
{
    [Fact]
    public void Connections_to_the_database_add_up_and_each_process_keeps_its_own()
    {
        var edge = Reports.Of(ProcessServices.Edge, Reports.Database(idle: 2, busy: 3, waiting: 0));
        var ingest = Reports.Of(ProcessServices.Ingest, Reports.Database(idle: 0, busy: 10, waiting: 4));

        var sum = DatabasePerformance.Of([edge, ingest]);

        sum.Pool.ShouldBe(new DatabasePool(Total: 15, Idle: 2, Waiting: 4, Max: 20));
        sum.Processes.Select(process => (process.Service, process.Total, process.Waiting)).ShouldBe([("edge", 5, 0), ("ingest", 10, 4)]);
    }

    [Fact]
    public void A_hit_in_redis_is_a_hit()
    {
        var sums = CacheSums.Of([Reports.Of(ProcessServices.Edge, Reports.Cache(NumberOwners.OwnersNamespace, hits: 90, remoteHits: 5, misses: 5))]);

        sums.PhoneNumberCache.HitRate.ShouldBe(0.95);
        sums.Metrics.ShouldBe(new CacheMetrics(95, 5, 0.95));
    }

    [Fact]
    public void Caches_of_two_edges_add_up_and_those_of_a_worker_do_not()
    {
        var sums = CacheSums.Of(
        [
            Reports.Of(ProcessServices.Edge, Reports.Cache(NumberOwners.OwnersNamespace, 10, 0, 10, entries: 7)),
            Reports.Of(ProcessServices.Edge, Reports.Cache(NumberOwners.OwnersNamespace, 30, 0, 10, entries: 5)),
            Reports.Of(ProcessServices.Ingest, Reports.Cache(NumberOwners.OwnersNamespace, 0, 0, 1_000, entries: 100)),
        ]);

        sums.PhoneNumberCache.ShouldBe(new CacheSum(Size: 12, Max: 2_000, HitRate: 0.6667, Hits: 40, Misses: 20));
        sums.VerificationCache.ShouldBe(new CacheSum(0, 0, 0, 0, 0));
    }

    [Fact]
    public void Who_is_not_refused_is_no_miss_of_the_caches()
    {
        var sums = CacheSums.Of(
        [
            Reports.Of(
                ProcessServices.Edge, Reports.Cache(NumberOwners.OwnersNamespace, 99, 0, 1),
                (RefusalStats.Section, new RefusalStats(Size: 3, Max: 1_000, Hits: 4, Misses: 96))),
        ]);

        sums.RateLimitCache.ShouldBe(new CacheSum(3, 1_000, 0.04, 4, 96));
        sums.Metrics.HitRate.ShouldBe(0.99);
    }

    [Fact]
    public void Answers_of_the_webhook_add_up_with_their_latencies()
    {
        var sums = WebhookSums.Of(
        [
            Reports.Of(ProcessServices.Edge, Reports.Requests(RouteMeter.SmsWebhook, count: 30, errors: 3, totalMs: 300)),
            Reports.Of(ProcessServices.Edge, Reports.Requests(RouteMeter.SmsWebhook, count: 10, errors: 1, totalMs: 500)),
            Reports.Of(ProcessServices.Ingest),
        ]);

        sums.Requests.ShouldBe(40);
        sums.LastMinute.ShouldBe(new WebhookWindow(40, 4, 0.1, 20, 0.95));
    }

    [Fact]
    public void Connections_to_a_host_add_up_under_the_name_of_its_provider()
    {
        var addresses = new ProviderAddresses { Twilio = new("https://api.twilio.com"), Speech = new("http://localhost:5090/speech") };
        var hosts = new HttpStats([new("api.twilio.com", 1, 2), new("localhost:5090", 0, 1), new("elsewhere", 1, 0)]);

        var sum = Connections.Of(
            [Reports.Of(ProcessServices.Ingest, (HttpStats.Section, hosts)), Reports.Of(ProcessServices.Dispatch, (HttpStats.Section, hosts))],
            addresses);

        sum.Http.Select(host => (host.Host, string.Join(',', host.Providers), host.Total, host.Active, host.Idle)).ShouldBe(
            [("api.twilio.com", "twilio", 6, 2, 4), ("elsewhere", "", 2, 2, 0), ("localhost:5090", "speech", 2, 0, 2)]);
        sum.Processes.Select(process => process.Http.Count).ShouldBe([3, 3]);
    }

    [Fact]
    public void Figures_of_a_version_that_cannot_be_read_are_left_out()
    {
        var report = new ProcessReport(Guid.CreateVersion7(), ProcessServices.Edge, default, new Dictionary<string, JsonElement>
        {
            [DatabaseStats.Section] = JsonSerializer.SerializeToElement("something else"),
        });

        report.Find<DatabaseStats>().ShouldBeNull();
        DatabasePool.Of([report]).Total.ShouldBe(0);
    }
}
