using Switchboard.Load.Reporting;

namespace Switchboard.Tests.Simulator.Load;

public sealed class LatencyRecorderTests
{
    [Theory]
    [InlineData(0.50, 50)]
    [InlineData(0.95, 95)]
    [InlineData(0.99, 99)]
    [InlineData(0.991, 100)]
    [InlineData(1, 100)]
    [InlineData(0.001, 1)]
    public void A_percentile_is_the_nearest_rank(double share, int milliseconds)
    {
        var recorder = new LatencyRecorder();
        foreach (var latency in Enumerable.Range(1, 100).Reverse())
        {
            recorder.Record(TimeSpan.FromMilliseconds(latency));
        }

        recorder.Percentile(share).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Fact]
    public void One_latency_is_every_percentile_and_none_is_zero()
    {
        var (one, none) = (new LatencyRecorder(), new LatencyRecorder());
        one.Record(TimeSpan.FromMilliseconds(7.25));

        one.ToPercentiles().ShouldBe(new Percentiles(7.25, 7.25, 7.25));
        none.ToPercentiles().ShouldBe(new Percentiles(0, 0, 0));
    }

    [Fact]
    public void What_is_merged_after_a_question_counts_too()
    {
        var (first, second) = (new LatencyRecorder(), new LatencyRecorder());
        first.Record(TimeSpan.FromMilliseconds(10));
        first.Percentile(1).ShouldBe(TimeSpan.FromMilliseconds(10));
        second.Record(TimeSpan.FromMilliseconds(1));
        second.Record(TimeSpan.FromMilliseconds(2));

        first.Merge(second);

        first.Count.ShouldBe(3);
        first.Percentile(0.5).ShouldBe(TimeSpan.FromMilliseconds(2));
    }
}
