using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Switchboard.Core.Redis.Caching;
using Switchboard.Edge.Api.Email;
using Switchboard.Edge.Api.Email.Analytics;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Tests.Queries;

/// <summary>Each flag off: the same answers, by the other way.</summary>
public sealed class FlagTests(SeededDatabase seeded)
{
    private static readonly string[] Flags = ["USE_OPTIMIZED_QUERIES", "USE_MATERIALIZED_VIEWS", "ENABLE_QUERY_CACHING"];

    [Fact]
    public async Task Whatever_is_off_the_answers_are_the_same()
    {
        var statsQuery = new StatsQuery(await seeded.OwnedAsync(seeded.Accounts[13]), new(SeededDatabase.End.AddDays(-30), SeededDatabase.End, "week"));
        var listQuery = ListQueries.Of(statsQuery.Accounts) with { Search = "q3", Status = "active", CountUpTo = 100 };
        var (stats, list) = await ReadAsync([], statsQuery, listQuery);

        for (var off = 1; off < 8; off++)
        {
            string[] these = [.. Flags.Where((_, bit) => (off & (1 << bit)) != 0)];
            var (otherStats, otherList) = await ReadAsync(these, statsQuery, listQuery);

            StatsSet.Difference(stats, otherStats).ShouldBeNull(string.Join(", ", these));
            TrackedEmailPart.Difference(list, otherList).ShouldBeNull(string.Join(", ", these));
            otherStats.Source.ShouldBe(these.Contains("USE_MATERIALIZED_VIEWS") ? "tables" : "views");
        }
    }

    [Fact]
    public async Task An_answer_is_kept_until_its_account_changes_and_says_how_old_it_is()
    {
        var account = seeded.Accounts[15];
        await using var services = Services([]);
        var stats = services.GetRequiredService<EmailStats>();
        var span = new StatsSpan(SeededDatabase.End.AddDays(-30), SeededDatabase.End, "day");

        var first = await stats.ReadAsync(new(await seeded.OwnedAsync(account), span), default);
        var again = await stats.ReadAsync(new(await seeded.OwnedAsync(account), span), default);
        await seeded.AnswerAsync(account, seconds: 5, count: 2);
        var changed = await stats.ReadAsync(new(await seeded.OwnedAsync(account), span), default);

        again.AsOf.ShouldBe(first.AsOf);
        changed.AsOf.ShouldBeGreaterThan(first.AsOf);
        changed.Summary.Responded.ShouldBe(first.Summary.Responded + 2);
    }

    [Fact]
    public async Task Without_the_cache_each_answer_is_counted_again()
    {
        await using var services = Services(["ENABLE_QUERY_CACHING"]);
        var stats = services.GetRequiredService<EmailStats>();
        var query = new StatsQuery(await seeded.OwnedAsync(seeded.Accounts[16]), new(SeededDatabase.End.AddDays(-30), SeededDatabase.End, "day"));

        var first = await stats.ReadAsync(query, default);
        var again = await stats.ReadAsync(query, default);

        again.AsOf.ShouldBeGreaterThan(first.AsOf);
        services.GetRequiredService<CacheStatistics>().Read()["email-analytics"].Loads.ShouldBe(0);
    }

    [Fact]
    public async Task A_list_is_kept_until_its_account_changes()
    {
        var account = seeded.Accounts[17];
        await using var services = Services([]);
        var lists = services.GetRequiredService<TrackedEmailLists>();

        var first = await lists.ReadAsync(ListQueries.Of(await seeded.OwnedAsync(account)) with { Status = "responded" }, default);
        var again = await lists.ReadAsync(ListQueries.Of(await seeded.OwnedAsync(account)) with { Status = "responded" }, default);
        await seeded.AnswerAsync(account, seconds: 5, count: 2);
        var changed = await lists.ReadAsync(ListQueries.Of(await seeded.OwnedAsync(account)) with { Status = "responded" }, default);

        again.ShouldBeSameAs(first);
        TrackedEmailPart.Difference(first, changed).ShouldNotBeNull();
    }

    private async Task<(StatsSet Stats, TrackedEmailPart List)> ReadAsync(string[] off, StatsQuery statsQuery, TrackedEmailQuery listQuery)
    {
        await using var services = Services(off);
        return (
            await services.GetRequiredService<EmailStats>().ReadAsync(statsQuery, default),
            await services.GetRequiredService<TrackedEmailLists>().ReadAsync(listQuery, default));
    }

    private ServiceProvider Services(string[] off)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection(off.Select(flag => KeyValuePair.Create<string, string?>(flag, "false"))).Build());
        services.AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("Redis is not used here."));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(seeded.DataSource);
        services.AddSwitchboardCache(cache => cache
            .Namespace(TrackedEmailQuery.CacheNamespace, ttl: TimeSpan.FromMinutes(5), maxEntries: 100)
            .Namespace(StatsQuery.CacheNamespace, ttl: TimeSpan.FromMinutes(10), maxEntries: 100));
        services.AddTrackedEmails();
        return services.BuildServiceProvider();
    }
}
