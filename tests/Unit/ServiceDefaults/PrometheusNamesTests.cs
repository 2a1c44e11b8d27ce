using Switchboard.ServiceDefaults.Metrics;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class PrometheusNamesTests
{
    [Theory]
    [InlineData("http.server.request.duration", "s", false, "http_server_request_duration_seconds")]
    [InlineData("switchboard.jobs.completed", "{job}", true, "switchboard_jobs_completed_total")]
    [InlineData("switchboard.jobs.total", "", true, "switchboard_jobs_total")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", true, "dotnet_gc_heap_total_allocated_bytes_total")]
    [InlineData("process.cpu.seconds", "s", true, "process_cpu_seconds_total")]
    [InlineData("rate", "By/s", false, "rate_bytes_per_second")]
    [InlineData("rate", "{message}/s", false, "rate_per_second")]
    [InlineData("odd", "furlong", false, "odd_furlong")]
    [InlineData("2xx..answers", "", false, "_2xx_answers")]
    [InlineData("naïve-name", "", false, "na_ve_name")]
    [InlineData("job:rate", "", false, "job:rate")]
    public void A_name_has_its_unit_and_what_it_counts(string name, string unit, bool isCounter, string expected) =>
        PrometheusNames.OfMetric(name, unit, isCounter, isGauge: false).ShouldBe(expected);

    [Theory]
    [InlineData(true, "cache_hits_ratio")]
    [InlineData(false, "cache_hits")]
    public void One_as_a_unit_is_a_ratio_only_of_a_gauge(bool isGauge, string expected) =>
        PrometheusNames.OfMetric("cache.hits", "1", isCounter: false, isGauge).ShouldBe(expected);

    [Theory]
    [InlineData("http.route", "http_route")]
    [InlineData("a:b", "a_b")]
    [InlineData("1st", "_1st")]
    public void A_label_has_no_colon_and_no_digit_in_front(string key, string expected) =>
        PrometheusNames.OfLabel(key).ShouldBe(expected);
}
