using Microsoft.Extensions.Logging;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;
using Switchboard.Tests.Unit.FeatureFlags;

namespace Switchboard.Tests.Unit.Diagnostics;

public sealed class QueryMonitorTests : IDisposable
{
    private const string Name = "tracked-emails";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RolloutHost _host = new();
    // nobody is there: a plan cannot be had
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Timeout=1");
    private readonly QueryMonitor _monitor;

    public QueryMonitorTests()
    {
        var alerts = new QueryAlerts(_database, Second, _host.Time, _host.Get<ILogger<QueryAlerts>>());
        _monitor = new(new QueryFlags(_host.Rollout, _host.Time), alerts, slow: Second, _host.Time);
    }

    public void Dispose()
    {
        _database.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task A_query_is_counted_under_its_name_with_the_time_it_took()
    {
        (await TakeAsync(milliseconds: 30)).ShouldBe("answer");
        await TakeAsync(milliseconds: 10);

        var counts = _monitor.Read().Counters.ShouldHaveSingleItem();
        counts.Key.ShouldBe(Name);
        (counts.Value.Count, counts.Value.Errors, counts.Value.LastFiveMinutes.TotalMs).ShouldBe((2, 0, 40));
    }

    [Fact]
    public async Task What_fails_is_an_error_and_what_its_caller_gave_up_is_not()
    {
        using var gaveUp = new CancellationTokenSource();
        await Should.ThrowAsync<InvalidOperationException>(
            _monitor.RunAsync<int>(Name, _ => throw new InvalidOperationException(), CancellationToken.None));
        await Should.ThrowAsync<OperationCanceledException>(_monitor.RunAsync<int>(
            Name,
            async ct =>
            {
                await gaveUp.CancelAsync();
                ct.ThrowIfCancellationRequested();
                return 0;
            },
            gaveUp.Token));

        var counts = _monitor.Read().Counters[Name];
        (counts.Count, counts.Errors).ShouldBe((2, 1));
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(1_001, true)]
    public async Task A_query_is_slow_above_its_second(int milliseconds, bool isLogged)
    {
        await TakeAsync(milliseconds);

        _host.Log.ShouldBe(isLogged ? [$"The query {Name} took {milliseconds} ms."] : []);
    }

    [Fact]
    public async Task With_alerts_off_it_is_counted_and_not_logged()
    {
        _host.Set(Feature.SlowQueryAlerts.Flag, "false");
        _host.ClearLog();

        await TakeAsync(milliseconds: 5_000);

        _monitor.Read().Counters[Name].Count.ShouldBe(1);
        _host.Log.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_monitoring_off_it_is_a_plain_call()
    {
        _host.Set(Feature.PerformanceMonitoring.Flag, "false");
        _host.ClearLog();
        await using var command = new NpgsqlCommand("SELECT 1");

        (await _monitor.RunAsync(Name, command, (given, _) => Task.FromResult(ReferenceEquals(given, command)), CancellationToken.None)).ShouldBeTrue();
        (await TakeAsync(milliseconds: 5_000)).ShouldBe("answer");

        _monitor.Read().Counters.ShouldBeEmpty();
        _host.Log.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flag_that_is_turned_holds_within_a_second_and_is_not_asked_for_each_query()
    {
        await TakeAsync(milliseconds: 0);
        _host.Set(Feature.PerformanceMonitoring.Flag, "false");

        _host.Time.Advance(TimeSpan.FromMilliseconds(999));
        await TakeAsync(milliseconds: 0);
        _host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await TakeAsync(milliseconds: 0);

        _monitor.Read().Counters[Name].Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_flags_said_a_moment_ago_is_read_without_work()
    {
        var flags = new QueryFlags(_host.Rollout, _host.Time);
        var first = await flags.ReadAsync();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            var read = flags.ReadAsync();
            if (!read.IsCompletedSuccessfully || !ReferenceEquals(await read, first))
                throw new InvalidOperationException("The flags were asked again.");
        }

        GC.GetAllocatedBytesForCurrentThread().ShouldBe(before);
    }

    private Task<string> TakeAsync(int milliseconds) => _monitor.RunAsync(
        Name,
        _ =>
        {
            _host.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            return Task.FromResult("answer");
        },
        CancellationToken.None);
}
