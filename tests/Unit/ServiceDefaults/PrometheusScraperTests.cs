using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Switchboard.ServiceDefaults.Metrics;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class PrometheusScraperTests : IDisposable
{
    private readonly Meter _meter = new($"Test.{Guid.CreateVersion7()}");
    private readonly PrometheusScraper _scraper = new();
    private readonly MeterProvider _provider;

    public PrometheusScraperTests() => _provider = Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("edge-api", serviceInstanceId: "7"))
        .AddMeter(_meter.Name)
        .AddReader(_scraper.Reader)
        .Build();

    private string Scope => $"otel_scope_name=\"{_meter.Name}\"";

    public void Dispose()
    {
        _provider.Dispose();
        _scraper.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task A_counter_has_its_help_its_type_and_a_sample_for_each_set_of_labels()
    {
        var counter = _meter.CreateCounter<long>("jobs.completed", "{job}", "Jobs that were done.");
        counter.Add(2, new KeyValuePair<string, object?>("job.type", "send"));
        counter.Add(5, new KeyValuePair<string, object?>("job.type", "fetch"));
        counter.Add(1, new KeyValuePair<string, object?>("job.type", "send"));

        (await ScrapeAsync()).ShouldContain($$"""
            # HELP jobs_completed_total Jobs that were done.
            # TYPE jobs_completed_total counter
            jobs_completed_total{{{Scope}},job_type="send"} 3
            jobs_completed_total{{{Scope}},job_type="fetch"} 5
            """);
    }

    [Fact]
    public async Task A_histogram_has_buckets_that_add_up_a_sum_and_a_count()
    {
        var histogram = _meter.CreateHistogram(
            "wait", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in new[] { 0.25, 0.75, 0.75, 4 })
            histogram.Record(value);

        (await ScrapeAsync()).ShouldContain($$"""
            # TYPE wait_seconds histogram
            wait_seconds_bucket{{{Scope}},le="0.5"} 1
            wait_seconds_bucket{{{Scope}},le="1"} 3
            wait_seconds_bucket{{{Scope}},le="+Inf"} 4
            wait_seconds_sum{{{Scope}}} 5.75
            wait_seconds_count{{{Scope}}} 4
            """);
    }

    [Fact]
    public async Task What_goes_up_and_down_is_a_gauge()
    {
        _meter.CreateUpDownCounter<long>("active").Add(-4);
        _meter.CreateObservableGauge("load", () => 0.5);
        _meter.CreateObservableGauge("nothing", () => double.NaN);

        var text = await ScrapeAsync();

        text.ShouldContain($"# TYPE active gauge\nactive{{{Scope}}} -4\n");
        text.ShouldContain($"# TYPE load gauge\nload{{{Scope}}} 0.5\n");
        text.ShouldContain($"nothing{{{Scope}}} NaN\n");
    }

    [Fact]
    public async Task Labels_and_help_are_escaped()
    {
        _meter.CreateCounter<long>("odd", null, "two\nlines \\").Add(1, new KeyValuePair<string, object?>("a", "\"x\"\\\n"));

        var text = await ScrapeAsync();

        text.ShouldContain("# HELP odd_total two\\nlines \\\\\n");
        text.ShouldContain("a=\"\\\"x\\\"\\\\\\n\"} 1\n");
    }

    [Fact]
    public async Task Labels_that_become_the_same_are_joined()
    {
        _meter.CreateCounter<long>("joined").Add(
            1, new KeyValuePair<string, object?>("a.b", "1"), new KeyValuePair<string, object?>("a_b", true));

        (await ScrapeAsync()).ShouldContain("a_b=\"1;true\"} 1\n");
    }

    [Fact]
    public async Task Instruments_that_share_a_name_are_one_family()
    {
        using var other = new Meter(_meter.Name, "2");
        _meter.CreateCounter<long>("shared").Add(1);
        other.CreateCounter<long>("shared.total").Add(1);

        (await ScrapeAsync()).Split("# TYPE shared_total").Length.ShouldBe(2);
    }

    [Fact]
    public async Task The_process_is_named_once() =>
        (await ScrapeAsync()).ShouldContain("target_info{service_name=\"edge-api\",service_instance_id=\"7\"} 1\n");

    [Fact]
    public async Task Counters_go_on_between_scrapes()
    {
        var counter = _meter.CreateCounter<long>("ongoing");
        counter.Add(1);
        (await ScrapeAsync()).ShouldContain($"ongoing_total{{{Scope}}} 1\n");
        counter.Add(1);
        (await ScrapeAsync()).ShouldContain($"ongoing_total{{{Scope}}} 2\n");
    }

    [Fact]
    public async Task One_collection_at_a_time_and_each_scraper_gets_a_whole_text()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var collections = 0;
        _meter.CreateObservableCounter("observed", () =>
        {
            collections++;
            entered.Set();
            release.Wait(TimeSpan.FromSeconds(2));
            return collections;
        });

        var first = Task.Run(ScrapeAsync);
        entered.Wait();
        var second = ScrapeAsync();
        second.IsCompleted.ShouldBeFalse();
        release.Set();

        (await first).ShouldContain($"observed_total{{{Scope}}} 1\n");
        (await second).ShouldContain($"observed_total{{{Scope}}} 2\n");
    }

    private Task<string> ScrapeAsync() => _scraper.ScrapeAsync(CancellationToken.None);
}
