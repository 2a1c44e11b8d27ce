using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Redis;

/// <summary>Calls at the same time; each test has private servers. A slot is held for four seconds without renewal.</summary>
public sealed class SlotTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly PostgresServer _postgres = new();

    public async ValueTask InitializeAsync()
    {
        await _redis.InitializeAsync();
        await _postgres.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task Four_at_a_time_over_two_processes_and_the_next_when_one_is_given_back()
    {
        await using var one = await ProviderProcess.StartAsync(_redis, _postgres);
        await using var two = await ProviderProcess.StartAsync(_redis, _postgres);
        await using var first = (await one.Slots.TryAcquireAsync("k", 4, default)).ShouldNotBeNull();
        await using var second = (await two.Slots.TryAcquireAsync("k", 4, default)).ShouldNotBeNull();
        await using var third = (await one.Slots.TryAcquireAsync("k", 4, default)).ShouldNotBeNull();
        var fourth = (await two.Slots.TryAcquireAsync("k", 4, default)).ShouldNotBeNull();
        (await one.Slots.TryAcquireAsync("k", 4, default)).ShouldBeNull();
        await using var other = (await one.Slots.TryAcquireAsync("other", 4, default)).ShouldNotBeNull();

        var waiting = one.Slots.AcquireAsync("k", 4, default);
        await fourth.DisposeAsync();

        await using var fifth = await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        fifth.AnsweredBy.ShouldBe(LimitLayer.Redis);
    }

    [Fact]
    public async Task A_slot_is_renewed_far_beyond_its_time()
    {
        await using var one = await ProviderProcess.StartAsync(_redis, _postgres);
        await using var two = await ProviderProcess.StartAsync(_redis, _postgres);
        await using var held = (await one.Slots.TryAcquireAsync("k", 1, default)).ShouldNotBeNull();

        await Should.ThrowAsync<TimeoutException>(Task.Delay(Timeout.Infinite, held.Lost).WaitAsync(TimeSpan.FromSeconds(6)));

        (await two.Slots.TryAcquireAsync("k", 1, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_killed_process_held_is_free_after_its_time(bool withRedis)
    {
        using var killed = await CompetingProcess.StartAsync(
            _redis, _postgres,
            "--what", "slots", "--key", "k", "--limit", "4", "--windowMs", "1000", "--pauseMs", "60000", "--workers", "4",
            "--slotSeconds", "4");
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        if (!withRedis)
        {
            await _redis.KillAsync();
            await process.UntilRedisAsync(available: false);
        }

        await killed.GoAsync();
        await Eventually.TrueAsync(NoneIsFreeAsync);

        await killed.KillAsync();

        for (var i = 0; i < 4; i++)
            await process.Slots.AcquireAsync("k", 4, default).WaitAsync(TimeSpan.FromSeconds(60));

        async Task<bool> NoneIsFreeAsync()
        {
            await using var slot = await process.Slots.TryAcquireAsync("k", 4, default);
            return slot is null;
        }
    }

    [Fact]
    public async Task Without_redis_postgres_gives_slots_as_soon_as_those_of_redis_are_over_and_they_are_never_more()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        await using var old = (await process.Slots.TryAcquireAsync("k", 1, default)).ShouldNotBeNull();
        await _redis.KillAsync();
        await process.UntilRedisAsync(available: false);

        (await process.Slots.TryAcquireAsync("k", 1, default)).ShouldBeNull();
        await using var next = await process.Slots.AcquireAsync("k", 1, default).WaitAsync(TimeSpan.FromSeconds(60));

        next.AnsweredBy.ShouldBe(LimitLayer.Postgres);
        old.Lost.IsCancellationRequested.ShouldBeTrue("what Redis gave ended before");
        await Should.ThrowAsync<TimeoutException>(Task.Delay(Timeout.Infinite, next.Lost).WaitAsync(TimeSpan.FromSeconds(6)));
    }

    [Fact]
    public async Task A_redis_that_comes_back_gives_what_those_in_postgres_leave()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        await _redis.KillAsync();
        await process.UntilRedisAsync(available: false);
        await using var held = (await process.Slots.TryAcquireAsync("k", 2, default)).ShouldNotBeNull();
        held.AnsweredBy.ShouldBe(LimitLayer.Postgres);
        await _redis.StartAsync();
        await process.UntilRedisAsync(available: true);

        await using var second = (await process.Slots.TryAcquireAsync("k", 2, default)).ShouldNotBeNull();
        second.AnsweredBy.ShouldBe(LimitLayer.Redis);
        (await process.Slots.TryAcquireAsync("k", 2, default)).ShouldBeNull();

        await held.DisposeAsync();
        await using var third = (await process.Slots.TryAcquireAsync("k", 2, default)).ShouldNotBeNull();
        third.AnsweredBy.ShouldBe(LimitLayer.Redis);
    }

    [Fact]
    public async Task Without_both_nobody_gets_a_slot()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        await _redis.KillAsync();
        await _postgres.KillAsync();
        await process.UntilRedisAsync(available: false);

        (await process.Slots.TryAcquireAsync("k", 4, default)).ShouldBeNull();
    }

    // takes a machine to itself: run with -explicit only
    [Fact(Explicit = true)]
    public async Task Four_processes_never_hold_more_than_four_though_one_is_killed_and_redis_too()
    {
        var processes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CompetingProcess.StartAsync(
            _redis, _postgres,
            "--what", "slots", "--key", "graph:mailbox", "--limit", "4", "--windowMs", "1000", "--pauseMs", "20", "--workers", "3",
            "--slotSeconds", "2")));
        try
        {
            await Task.WhenAll(processes.Select(process => process.GoAsync()));
            await Task.Delay(TimeSpan.FromSeconds(3));
            await processes[3].KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(3));
            await _redis.KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(5));
            await _redis.StartAsync();
            await Eventually.TrueAsync(RedisHoldsSlotsAsync);
            await Task.Delay(TimeSpan.FromSeconds(3));
            var reports = await Task.WhenAll(processes[..3].Select(process => process.EndAsync()));

            var calls = reports.SelectMany(report => report.Taken).ToList();
            var began = calls.Min(call => call.From);
            TestContext.Current.TestOutputHelper?.WriteLine("calls by second: " + string.Join(", ", calls
                .GroupBy(call => (Second: (call.From - began) / Stopwatch.Frequency, call.By)).OrderBy(group => group.Key)
                .Select(group => $"{group.Key.Second} {group.Key.By} {group.Count()}")));

            CompetitionReport.MostAtOnce(reports).ShouldBe(4);
            calls.Select(call => call.By).Distinct().ShouldBe(["Redis", "Postgres"], ignoreOrder: true);
            calls.Max(call => call.By == "Redis" ? call.To : 0).ShouldBeGreaterThan(
                calls.Where(call => call.By == "Postgres").Min(call => call.From), "Redis gives them again");
        }
        finally
        {
            foreach (var process in processes)
                process.Dispose();
        }
    }

    // the run that was killed is long over: this one is new
    private async Task<bool> RedisHoldsSlotsAsync()
    {
        await using var dataSource = NpgsqlDataSource.Create(_postgres.ConnectionString);
        await using var command = dataSource.CreateCommand(
            "SELECT count(*) FROM rate_limit_slots WHERE holder LIKE 'redis:%' AND held_until > now()");
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }
}
