using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(JobPriority.Critical, 3, 2)]
    [InlineData(JobPriority.High, 5, 5)]
    [InlineData(JobPriority.Normal, 5, 10)]
    [InlineData(JobPriority.Low, 10, 15)]
    [InlineData(JobPriority.VeryLow, 15, 30)]
    public void Each_priority_has_its_attempts_and_its_first_wait(JobPriority priority, int attempts, int seconds)
    {
        var policy = RetryPolicy.For(priority);

        policy.MaxAttempts.ShouldBe(attempts);
        policy.DelayAfter(1, Backoff.Exponential, 0.5).ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void The_exponential_wait_doubles_and_the_linear_one_grows_by_the_same_step()
    {
        var policy = new RetryPolicy(5, TimeSpan.FromSeconds(10));

        Seconds(Backoff.Exponential).ShouldBe([10, 20, 40, 80]);
        Seconds(Backoff.Linear).ShouldBe([10, 20, 30, 40]);

        IEnumerable<double> Seconds(Backoff backoff) =>
            Enumerable.Range(1, 4).Select(attempt => policy.DelayAfter(attempt, backoff, 0.5).TotalSeconds);
    }

    [Theory]
    [InlineData(10, 30 * 512)]
    [InlineData(11, 21_600)]
    [InlineData(14, 21_600)]
    [InlineData(int.MaxValue, 21_600)]
    public void The_wait_grows_to_six_hours_at_most(int attempt, double seconds) =>
        RetryPolicy.For(JobPriority.VeryLow).DelayAfter(attempt, Backoff.Exponential, 0.5).TotalSeconds.ShouldBe(seconds);

    [Fact]
    public void Jitter_spreads_the_wait_by_a_tenth_to_either_side()
    {
        var policy = new RetryPolicy(5, TimeSpan.FromSeconds(10));

        policy.DelayAfter(1, Backoff.Exponential, 0).TotalSeconds.ShouldBe(9, 0.001);
        policy.DelayAfter(1, Backoff.Exponential, 1).TotalSeconds.ShouldBe(11, 0.001);
    }
}
