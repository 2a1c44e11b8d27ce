using Npgsql;
using StackExchange.Redis;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.FeatureFlags;

public sealed class RolloutTests
{
    private static readonly Feature Views = Feature.MaterializedViews;
    private readonly Guid _account = Guid.CreateVersion7();

    [Theory]
    [InlineData("true", "optimised")]
    [InlineData("false", "plain")]
    public async Task The_flag_chooses_the_path(string value, string expected)
    {
        using var host = new RolloutHost((Views.Flag, value));

        (await RunAsync(host)).ShouldBe(expected);
    }

    [Fact]
    public async Task Where_the_optimised_path_fails_the_plain_one_answers()
    {
        using var host = new RolloutHost();

        (await RunAsync(host, fails: true)).ShouldBe("plain");

        host.Log.ShouldContain("USE_MATERIALIZED_VIEWS failed; the plain path answered.");
        (await host.StateAsync(Views)).FailuresInARow.ShouldBe(1);
    }

    [Fact]
    public async Task Five_failures_turn_it_off_for_five_minutes_then_it_is_tried_and_on_again()
    {
        using var host = new RolloutHost();
        for (var i = 0; i < 5; i++)
            await RunAsync(host, fails: true);

        (await RunAsync(host)).ShouldBe("plain");
        (await host.StateAsync(Views)).TrippedUntil.ShouldBe(host.Time.GetUtcNow() + TimeSpan.FromMinutes(5));
        (await RunAsync(host, Feature.QueryCaching)).ShouldBe("optimised");

        host.Time.Advance(TimeSpan.FromMinutes(5));
        (await RunAsync(host)).ShouldBe("optimised");
        (await host.StateAsync(Views)).ShouldSatisfyAllConditions(s => s.TrippedUntil.ShouldBeNull(), s => s.FailuresInARow.ShouldBe(0));
        host.Log.Count(line => line.StartsWith("The circuit breaker turned USE_MATERIALIZED_VIEWS off", StringComparison.Ordinal)).ShouldBe(1);
        host.Log.ShouldContain("USE_MATERIALIZED_VIEWS was tried and works: it is on again.");
    }

    [Fact]
    public async Task Where_both_paths_fail_the_optimisation_is_not_to_blame()
    {
        using var host = new RolloutHost();

        for (var i = 0; i < 10; i++)
        {
            var failure = await Should.ThrowAsync<TimeoutException>(host.Rollout.RunAsync<string>(
                Views, _account, _ => throw new InvalidOperationException(), _ => throw new TimeoutException("plain"), null, default));
            failure.Message.ShouldBe("plain");
        }

        (await host.StateAsync(Views)).FailuresInARow.ShouldBe(0);
    }

    public static TheoryData<Exception> Unavailable =>
    [
        new NpgsqlException("The operation has timed out", new TimeoutException()),
        new PostgresException("canceling statement due to statement timeout", "ERROR", "ERROR", "57014"),
        new PostgresException("too many clients", "FATAL", "FATAL", "53300"),
        new PostgresException("read-only transaction", "ERROR", "ERROR", "25006"),
        new TimeoutException(),
        new OperationCanceledException(),
        new HttpRequestException(),
        new BrokerUnavailableException(),
    ];

    [Theory]
    [MemberData(nameof(Unavailable), DisableDiscoveryEnumeration = true)]
    public async Task A_dependency_that_is_unavailable_or_slow_is_not_asked_for_more_by_the_plain_path(Exception failure)
    {
        using var host = new RolloutHost();
        var plain = 0;

        for (var i = 0; i < 10; i++)
        {
            (await Record.ExceptionAsync(() => host.Rollout.RunAsync<string>(
                Views,
                _account,
                _ => throw failure,
                _ =>
                {
                    plain++;
                    return Task.FromResult("plain");
                },
                null,
                default))).ShouldBeSameAs(failure);
        }

        plain.ShouldBe(0);
        (await host.StateAsync(Views)).FailuresInARow.ShouldBe(0);
    }

    [Fact]
    public async Task A_trial_that_met_an_unavailable_dependency_leaves_the_trial_to_the_next_call()
    {
        using var host = new RolloutHost();
        for (var i = 0; i < 5; i++)
            await RunAsync(host, fails: true);
        host.Time.Advance(TimeSpan.FromMinutes(5));

        await Should.ThrowAsync<TimeoutException>(host.Rollout.RunAsync<string>(
            Views, _account, _ => throw new TimeoutException(), _ => Task.FromResult("plain"), null, default));

        (await RunAsync(host)).ShouldBe("optimised");
    }

    [Fact]
    public async Task Without_Redis_the_plain_path_answers()
    {
        using var host = new RolloutHost();

        (await host.Rollout.RunAsync<string>(
            Views,
            _account,
            _ => throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "gone"),
            _ => Task.FromResult("plain"),
            null,
            default)).ShouldBe("plain");
    }

    [Fact]
    public async Task A_call_that_was_cancelled_says_nothing_about_the_optimisation()
    {
        using var host = new RolloutHost();
        using var cancelled = new CancellationTokenSource();
        var plain = false;

        await Should.ThrowAsync<OperationCanceledException>(host.Rollout.RunAsync(
            Views,
            _account,
            async ct =>
            {
                await cancelled.CancelAsync();
                ct.ThrowIfCancellationRequested();
                return "optimised";
            },
            _ => Task.FromResult(plain = true).ContinueWith(_ => "plain", TaskScheduler.Default),
            null,
            cancelled.Token));

        plain.ShouldBeFalse();
        (await host.StateAsync(Views)).FailuresInARow.ShouldBe(0);
    }

    [Fact]
    public async Task A_cancelled_trial_leaves_the_trial_to_the_next_call()
    {
        using var host = new RolloutHost();
        for (var i = 0; i < 5; i++)
            await RunAsync(host, fails: true);
        host.Time.Advance(TimeSpan.FromMinutes(5));
        using var cancelled = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(host.Rollout.RunAsync<string>(
            Views,
            _account,
            async ct =>
            {
                await cancelled.CancelAsync();
                throw new OperationCanceledException(ct);
            },
            _ => Task.FromResult("plain"),
            null,
            cancelled.Token));

        (await RunAsync(host)).ShouldBe("optimised");
    }

    [Fact]
    public async Task What_answers_nothing_falls_back_too()
    {
        using var host = new RolloutHost();
        var ran = new List<string>();

        await host.Rollout.RunAsync(
            Feature.BatchIngestion,
            null,
            _ =>
            {
                ran.Add("optimised");
                throw new InvalidOperationException();
            },
            _ =>
            {
                ran.Add("plain");
                return Task.CompletedTask;
            },
            default);

        ran.ShouldBe(["optimised", "plain"]);
    }

    [Theory]
    [InlineData(false, false, true, nameof(RolloutPath.Plain))]
    [InlineData(false, true, true, nameof(RolloutPath.Plain))]
    [InlineData(true, true, true, nameof(RolloutPath.Shadow))]
    [InlineData(true, true, false, nameof(RolloutPath.Plain))]
    public void Shadow_needs_the_flag_and_a_comparison_and_never_asks_the_breaker(bool isOn, bool shadow, bool comparable, string expected) =>
        RolloutDecision.For(isOn, shadow, comparable, () => throw new InvalidOperationException("asked")).ToString().ShouldBe(expected);

    private Task<string> RunAsync(RolloutHost host, bool fails = false) => RunAsync(host, Views, fails);

    private Task<string> RunAsync(RolloutHost host, Feature feature, bool fails = false) => host.Rollout.RunAsync(
        feature,
        _account,
        _ => fails ? Task.FromException<string>(new InvalidOperationException("broken view")) : Task.FromResult("optimised"),
        _ => Task.FromResult("plain"),
        difference: null,
        default);
}
