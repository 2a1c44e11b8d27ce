using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Tests.Unit.Redis;

/// <summary>The cache in one process that never had a Redis.</summary>
public sealed class CacheInMemoryTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _timeProvider = new();
    private readonly ServiceProvider _services;
    private readonly HybridCache _cache;

    public CacheInMemoryTests()
    {
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton<TimeProvider>(_timeProvider)
            .AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."))
            .AddSwitchboardCache(cache => cache
                .Namespace("rules", TimeSpan.FromMilliseconds(500), 3)
                .Namespace("keys", TimeSpan.FromMinutes(5), 3)
                .Namespace("found", TimeSpan.FromMinutes(5), 3, keepsNothing: false))
            .BuildServiceProvider();
        _cache = _services.GetRequiredService<HybridCache>();
    }

    private CacheNamespaceStatistics Rules => _services.GetRequiredService<CacheStatistics>().Read()["rules"];

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task A_hundred_who_ask_at_once_cause_one_load()
    {
        var answer = new TaskCompletionSource<string>();
        var loads = 0;
        var asking = Enumerable.Range(0, 100).Select(_ => _cache.GetOrCreateAsync("rules:1", async _ =>
        {
            Interlocked.Increment(ref loads);
            return await answer.Task;
        }).AsTask()).ToArray();
        answer.SetResult("value");

        (await Task.WhenAll(asking)).ShouldAllBe(value => value == "value");
        loads.ShouldBe(1);
        Rules.ShouldSatisfyAllConditions(
            s => s.Loads.ShouldBe(1),
            s => s.Misses.ShouldBe(1),
            s => s.Hits.ShouldBe(99),
            s => s.HitRate.ShouldBe(0.99));
    }

    [Fact]
    public async Task What_there_is_not_pushes_out_nothing_that_there_is()
    {
        await _cache.GetOrCreateAsync("found:good", _ => ValueTask.FromResult<string?>("there"));
        for (var guess = 0; guess < 10; guess++)
            (await _cache.GetOrCreateAsync($"found:{guess}", _ => ValueTask.FromResult<string?>(null))).ShouldBeNull();

        (await _cache.GetOrCreateAsync("found:good", _ => ValueTask.FromResult<string?>("loaded again"))).ShouldBe("there");
        (await _cache.GetOrCreateAsync("found:1", _ => ValueTask.FromResult<string?>("there by now"))).ShouldBe("there by now");
    }

    [Fact]
    public async Task One_who_leaves_does_not_cancel_the_load_of_the_others_and_the_last_one_does()
    {
        using var impatient = new CancellationTokenSource();
        using var patient = new CancellationTokenSource();
        var abandoned = new TaskCompletionSource();
        async ValueTask<string> Load(CancellationToken cancellationToken)
        {
            cancellationToken.Register(abandoned.SetResult);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return "never";
        }

        var first = _cache.GetOrCreateAsync("rules:1", Load, cancellationToken: impatient.Token).AsTask();
        var second = _cache.GetOrCreateAsync("rules:1", Load, cancellationToken: patient.Token).AsTask();

        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        abandoned.Task.IsCompleted.ShouldBeFalse();

        await patient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        await abandoned.Task;
        (await LoadAsync("rules:1", "next")).ShouldBe("next");
    }

    [Fact]
    public async Task A_failed_load_fails_for_all_who_wait_and_is_not_kept()
    {
        var answer = new TaskCompletionSource<string>();
        var asking = Enumerable.Range(0, 2)
            .Select(_ => _cache.GetOrCreateAsync("rules:1", async _ => await answer.Task).AsTask())
            .ToArray();
        answer.SetException(new InvalidDataException("broken"));

        foreach (var one in asking)
            await Should.ThrowAsync<InvalidDataException>(one);
        (await LoadAsync("rules:1", "next")).ShouldBe("next");
        Rules.FailedLoads.ShouldBe(1);
    }

    [Fact]
    public async Task A_load_that_an_invalidation_overtakes_is_neither_stored_nor_joined()
    {
        var answer = new TaskCompletionSource<string>();
        var loading = _cache.GetOrCreateAsync("rules:1", async _ => await answer.Task).AsTask();

        await _cache.RemoveAsync("rules:1");
        (await LoadAsync("rules:1", "after")).ShouldBe("after");
        answer.SetResult("before");

        (await loading).ShouldBe("before");
        (await LoadAsync("rules:1", "later")).ShouldBe("after");
    }

    [Fact]
    public async Task A_load_is_overtaken_by_its_tag_too()
    {
        var answer = new TaskCompletionSource<string>();
        var loading = _cache.GetOrCreateAsync("rules:1", async _ => await answer.Task, tags: ["user:1"]).AsTask();

        await _cache.RemoveByTagAsync("user:1");
        answer.SetResult("before");

        await loading;
        (await LoadAsync("rules:1", "after")).ShouldBe("after");
    }

    [Fact]
    public async Task An_entry_ends_with_its_namespaces_time()
    {
        await LoadAsync("rules:1", "old");
        _timeProvider.Advance(TimeSpan.FromMilliseconds(499));
        (await LoadAsync("rules:1", "new")).ShouldBe("old");
        _timeProvider.Advance(TimeSpan.FromMilliseconds(1));
        (await LoadAsync("rules:1", "new")).ShouldBe("new");
    }

    [Fact]
    public async Task A_call_may_set_another_time_and_a_shorter_one_for_memory()
    {
        var options = new HybridCacheEntryOptions
        {
            Expiration = TimeSpan.FromHours(1),
            LocalCacheExpiration = TimeSpan.FromMilliseconds(100),
        };

        await _cache.GetOrCreateAsync("rules:1", _ => ValueTask.FromResult("old"), options);

        _timeProvider.Advance(TimeSpan.FromMilliseconds(100));

        (await LoadAsync("rules:1", "new")).ShouldBe("new");
    }

    [Fact]
    public async Task While_no_invalidation_can_be_received_an_entry_is_used_for_less_than_a_second()
    {
        await LoadAsync("keys:1", "old");
        _timeProvider.Advance(TimeSpan.FromMilliseconds(799));
        (await LoadAsync("keys:1", "new")).ShouldBe("old");
        _timeProvider.Advance(TimeSpan.FromMilliseconds(1));
        (await LoadAsync("keys:1", "new")).ShouldBe("new");
    }

    [Fact]
    public async Task A_null_is_a_value()
    {
        await LoadAsync("rules:1", null);

        (await LoadAsync("rules:1", "value")).ShouldBeNull();
    }

    [Fact]
    public async Task A_key_of_no_namespace_is_an_error_that_names_it()
    {
        (await Should.ThrowAsync<ArgumentException>(async () => await LoadAsync("other:1", ""))).Message.ShouldContain("other:1");
        await Should.ThrowAsync<ArgumentException>(async () => await _cache.RemoveAsync("rules"));
    }

    [Fact]
    public async Task The_counts_are_metrics_with_the_namespace()
    {
        var measured = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Switchboard.Caching" && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured[$"{instrument.Name}/{string.Join('/', tags.ToArray().Select(tag => tag.Value))}"] = value);
        listener.Start();
        for (var i = 0; i < 4; i++)
            await LoadAsync($"rules:{i}", "");
        await LoadAsync("rules:3", "");

        listener.RecordObservableInstruments();

        measured["switchboard.cache.requests/rules/memory"].ShouldBe(1);
        measured["switchboard.cache.requests/rules/miss"].ShouldBe(4);
        measured["switchboard.cache.loads/rules/ok"].ShouldBe(4);
        measured["switchboard.cache.evictions/rules"].ShouldBe(1);
        measured["switchboard.cache.entries/rules"].ShouldBe(3);
        measured["switchboard.cache.entries/keys"].ShouldBe(0);
    }

    [Fact]
    public void A_namespace_has_one_name_without_a_colon_and_only_once()
    {
        var builder = new CacheBuilder().Namespace("rules", TimeSpan.FromMinutes(5), 1_000);

        Should.Throw<ArgumentException>(() => builder.Namespace("rules", TimeSpan.FromMinutes(5), 1_000));
        Should.Throw<ArgumentException>(() => builder.Namespace("a:b", TimeSpan.FromMinutes(5), 1_000));
        Should.Throw<ArgumentException>(() => builder.Namespace("none", TimeSpan.FromMinutes(5), 0));
        Should.Throw<ArgumentException>(() => builder.Namespace("never", TimeSpan.Zero, 1));
    }

    private async Task<string?> LoadAsync(string key, string? value) =>
        await _cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(value));
}
