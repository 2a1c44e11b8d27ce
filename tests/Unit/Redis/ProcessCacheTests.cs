using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Rules;
using Switchboard.Tests.Unit.Diagnostics;
using Switchboard.Tests.Unit.Rules;

namespace Switchboard.Tests.Unit.Redis;

/// <summary>What the cache of each process keeps, as its own Program set it up.</summary>
public sealed class ProcessCacheTests
{
    private const string Edge = "Switchboard.Edge.Api";
    private const string Ingest = "Switchboard.Workers.Ingest";

    private static readonly HybridCacheEntryOptions MemoryOnly = new() { Flags = HybridCacheEntryFlags.DisableDistributedCache };

    [Theory]
    [InlineData(Edge)]
    [InlineData(Ingest)]
    public async Task Keys_and_tokens_are_encrypted_in_Redis(string process)
    {
        using var host = Build(process);
        var namespaces = host.Services.GetRequiredService<CacheOptions>().Namespaces;

        namespaces.Values.Where(one => one.Encrypted).Select(one => one.Name).ShouldBe(["api-key", "access-token"], ignoreOrder: true);
        await DisposeAsync(host);
    }

    [Fact]
    public async Task That_there_is_no_such_key_is_not_kept()
    {
        using var host = Build(Edge);
        var cache = host.Services.GetRequiredService<HybridCache>();

        await cache.GetOrCreateAsync("api-key:tried", _ => ValueTask.FromResult<string?>(null), MemoryOnly);

        host.Services.GetRequiredService<CacheStatistics>().Read()["api-key"].Entries.ShouldBe(0);
        await DisposeAsync(host);
    }

    [Fact]
    public async Task Rules_that_are_made_ready_to_be_tried_take_so_much_memory_and_no_more()
    {
        using var host = Build(Edge);

        await KeepTwoAsync(host, new ReadyRules(CompiledRules.OfAll([]), (RuleTrials.MaxBytes / 2) + 1));

        await DisposeAsync(host);
    }

    [Fact]
    public async Task Rules_that_are_made_ready_for_mail_take_so_much_memory_and_no_more()
    {
        using var host = Build(Ingest);
        var rule = Some.Rule(content: Some.Content([.. Enumerable.Range(0, 100).Select(number => new string('x', 200) + number)]));
        // the same one again and again: what counts is what they would take
        var rules = new UserRules([.. Enumerable.Repeat(rule, (int)(Workers.Ingest.Email.Rules.RuleCache.MaxBytes / 2 / CompiledRules.BytesOf(rule)) + 1)]);

        await KeepTwoAsync(host, rules);

        await DisposeAsync(host);
    }

    private static IHost Build(string process) => ProcessHost.Build(
        process, ["--Encryption:Key=only-for-tests-only-for-tests-only-for-tests"], _ => { });

    private static async Task KeepTwoAsync<T>(IHost host, T half)
    {
        var cache = host.Services.GetRequiredService<HybridCache>();

        await cache.SetAsync("rules:one", half, MemoryOnly);
        await cache.SetAsync("rules:two", half, MemoryOnly);

        host.Services.GetRequiredService<CacheStatistics>().Read()["rules"].ShouldSatisfyAllConditions(
            kept => kept.Entries.ShouldBe(1), kept => kept.Evictions.ShouldBe(1));
    }

    private static ValueTask DisposeAsync(IHost host) => host is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;
}
