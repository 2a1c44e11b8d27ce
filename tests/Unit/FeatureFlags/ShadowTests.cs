using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Tests.Unit.FeatureFlags;

public sealed class ShadowTests : IDisposable
{
    private static readonly Feature Views = Feature.MaterializedViews;
    private readonly RolloutHost _host = new(($"{Views.Flag}_SHADOW", "true"), ("Rollout:ConcurrentShadows", "2"));
    private readonly MetricCollector<long> _ended;

    public ShadowTests() => _ended = new(_host.Get<IMeterFactory>(), RolloutMetrics.MeterName, "switchboard.rollout.shadows");

    public void Dispose()
    {
        _ended.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task The_plain_answer_is_used_and_what_is_the_same_is_counted()
    {
        (await RunAsync(_ => Task.FromResult(7), 7)).ShouldBe(7);

        await CountsAsync(new(Same: 1, Different: 0, Failed: 0, Skipped: 0));
        _host.Log.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_difference_is_counted_and_logged_in_at_most_two_hundred_characters_and_once_a_second()
    {
        (await RunAsync(_ => Task.FromResult(8), 7, (plain, other) => $"{plain} is not {other}{new string('!', 500)}")).ShouldBe(7);
        await CountsAsync(new(0, 1, 0, 0));
        await RunAsync(_ => Task.FromResult(9), 7);
        await CountsAsync(new(0, 2, 0, 0));

        var line = _host.Log.ShouldHaveSingleItem();
        line.ShouldContain("7 is not 8!");
        line.Length.ShouldBeLessThan(400);

        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await RunAsync(_ => Task.FromResult(9), 7);
        await CountsAsync(new(0, 3, 0, 0));
        _host.Log.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_failure_does_not_hurt_the_request_nor_turn_anything_off()
    {
        for (var i = 0; i < 6; i++)
        {
            (await RunAsync(_ => throw new InvalidOperationException(), 7)).ShouldBe(7);
            await CountsAsync(new(0, 0, i + 1, 0));
        }

        (await _host.StateAsync(Views)).TrippedUntil.ShouldBeNull();
    }

    [Fact]
    public async Task The_request_does_not_wait_for_its_shadow_and_above_the_bound_goes_without()
    {
        var slow = new TaskCompletionSource<int>();
        (await RunAsync(_ => slow.Task, 1)).ShouldBe(1);
        (await RunAsync(_ => slow.Task, 2)).ShouldBe(2);

        (await RunAsync(_ => throw new InvalidOperationException("must not run"), 3)).ShouldBe(3);
        await CountsAsync(new(0, 0, 0, Skipped: 1));

        slow.SetResult(1);
        await CountsAsync(new(Same: 1, Different: 1, 0, Skipped: 1));
        (await RunAsync(_ => Task.FromResult(4), 4)).ShouldBe(4);
        await CountsAsync(new(Same: 2, Different: 1, 0, Skipped: 1));
    }

    [Fact]
    public async Task A_shadow_that_takes_too_long_is_ended_and_makes_room()
    {
        var started = new TaskCompletionSource();
        await RunAsync(
            _ =>
            {
                started.SetResult();
                return new TaskCompletionSource<int>().Task;
            },
            7);
        await started.Task;

        _host.Time.Advance(TimeSpan.FromSeconds(30));

        await CountsAsync(new(0, 0, Failed: 1, 0));
    }

    [Fact]
    public async Task Where_the_plain_path_fails_there_is_nothing_to_compare()
    {
        var ran = new TaskCompletionSource();

        await Should.ThrowAsync<TimeoutException>(_host.Rollout.RunAsync(
            Views,
            null,
            _ =>
            {
                ran.SetResult();
                return Task.FromResult(1);
            },
            _ => Task.FromException<int>(new TimeoutException()),
            Difference,
            default));

        await ran.Task;
        (await _host.StateAsync(Views)).Shadows.ShouldBe(new(0, 0, 0, 0));
    }

    [Fact]
    public async Task Off_means_off()
    {
        _host.Set(Views.Flag, "false");

        (await RunAsync(_ => throw new InvalidOperationException("must not run"), 7)).ShouldBe(7);

        (await _host.StateAsync(Views)).Shadows.ShouldBe(new(0, 0, 0, 0));
    }

    private static string? Difference(int plain, int other) => plain == other ? null : $"{plain} is not {other}";

    private Task<int> RunAsync(Func<CancellationToken, Task<int>> optimised, int plain, Func<int, int, string?>? difference = null) =>
        _host.Rollout.RunAsync(Views, Guid.CreateVersion7(), optimised, _ => Task.FromResult(plain), difference ?? Difference, default);

    /// <summary>A shadow is a separate task; its metric is the last thing that it does, after its log line and its count.</summary>
    private async Task CountsAsync(ShadowCounts expected)
    {
        var shadows = expected.Same + expected.Different + expected.Failed + expected.Skipped;
        await _ended.WaitForMeasurementsAsync((int)shadows, TimeSpan.FromMinutes(1));
        (await _host.StateAsync(Views)).Shadows.ShouldBe(expected);
    }
}
