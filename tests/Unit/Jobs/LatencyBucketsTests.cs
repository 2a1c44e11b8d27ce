using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class LatencyBucketsTests
{
    [Fact]
    public void Nothing_counted_has_no_percentile() =>
        LatencyBuckets.Percentile(new long[LatencyBuckets.Count], 0.5).ShouldBeNull();

    [Fact]
    public void A_bound_belongs_to_the_bucket_below_it()
    {
        LatencyBuckets.IndexOf(TimeSpan.FromMilliseconds(10)).ShouldBe(LatencyBuckets.IndexOf(TimeSpan.FromMilliseconds(8)));
        LatencyBuckets.IndexOf(TimeSpan.FromMilliseconds(10.1)).ShouldBe(LatencyBuckets.IndexOf(TimeSpan.FromMilliseconds(10)) + 1);
    }

    [Fact]
    public void Clocks_that_differ_and_jobs_that_took_days_are_counted_too()
    {
        LatencyBuckets.IndexOf(TimeSpan.FromSeconds(-1)).ShouldBe(0);
        LatencyBuckets.IndexOf(TimeSpan.FromDays(60)).ShouldBe(LatencyBuckets.Count - 1);
    }

    [Fact]
    public void Percentiles_of_an_even_spread_are_where_they_belong()
    {
        var counts = new long[LatencyBuckets.Count];
        for (var ms = 1; ms <= 1000; ms++)
            counts[LatencyBuckets.IndexOf(TimeSpan.FromMilliseconds(ms))]++;

        LatencyBuckets.Percentile(counts, 0.50)!.Value.ShouldBe(500, 5);
        LatencyBuckets.Percentile(counts, 0.95)!.Value.ShouldBe(950, 5);
        LatencyBuckets.Percentile(counts, 0.99)!.Value.ShouldBe(990, 5);
    }
}
