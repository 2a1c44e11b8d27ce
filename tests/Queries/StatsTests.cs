using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Email.Analytics;

namespace Switchboard.Tests.Queries;

/// <summary>Stats by views and tables, by function and plain statement, and as they are worked out from all mails here.</summary>
public sealed class StatsTests(SeededDatabase seeded)
{
    [Fact]
    public async Task All_four_ways_give_the_same_stats_and_those_that_are_worked_out_here()
    {
        var dice = new Random(7);
        for (var round = 0; round < 25; round++)
        {
            var query = await AnyAsync(dice);

            var expected = await ExpectedStats.OfAsync(seeded.DataSource, query);

            foreach (var (way, stats) in await AllWaysAsync(query))
                StatsSet.Difference(expected, stats).ShouldBeNull($"{way}, round {round}: {query.Span} of {query.Accounts.Ids.Length}");
        }
    }

    [Fact]
    public async Task What_changed_since_the_views_were_made_is_in_the_stats_at_once()
    {
        var dice = new Random(11);
        for (var round = 0; round < 8; round++)
        {
            var query = await AnyAsync(dice);
            foreach (var account in query.Accounts.Ids)
                await seeded.AnswerAsync(account, seconds: 1 + dice.Next(500_000), count: dice.Next(1, 40));

            var expected = await ExpectedStats.OfAsync(seeded.DataSource, query);

            foreach (var (way, stats) in await AllWaysAsync(query))
                StatsSet.Difference(expected, stats).ShouldBeNull($"{way}, round {round}: {query.Span}");
        }
    }

    [Fact]
    public async Task The_views_themselves_are_read_where_nothing_changed()
    {
        var account = seeded.Accounts[9];
        await seeded.RefreshAsync();
        var query = new StatsQuery(await seeded.OwnedAsync(account), new(SeededDatabase.End.AddDays(-60), SeededDatabase.End.AddDays(-30), "week"));
        var before = await SelectStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: true, default);

        // without noting the change: only a reader of the table sees it
        await seeded.DataSource.Command(
            "UPDATE tracked_emails SET recipient_domain = 'hidden.test', auto_replied_at = sent_at WHERE account_id = $1 AND sent_at >= $2 AND sent_at < $3",
            account, query.Span.From, query.Span.To).RunAsync(default);
        var byViews = await SelectStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: true, default);
        var byStatement = await CountStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: true, default);
        var byTables = await SelectStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: false, default);

        // the span begins and ends at noon: half a day of it comes from the table at either end, for domains
        byViews.Summary.ShouldBe(before.Summary);
        byStatement.Summary.ShouldBe(before.Summary);
        byViews.Source.ShouldBe("views");
        byTables.Source.ShouldBe("tables");
        byTables.Summary.AutoReplied.ShouldBe(byTables.Summary.Sent);
        byTables.Domains.ShouldHaveSingleItem().Domain.ShouldBe("hidden.test");
        byViews.Domains.Count.ShouldBeGreaterThan(10);
        await seeded.RefreshAsync();
        (await SelectStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: true, default)).Summary.ShouldBe(byTables.Summary);
    }

    [Fact]
    public async Task Of_no_mails_there_are_stats_too()
    {
        var query = new StatsQuery(await seeded.OwnedAsync(seeded.Accounts[5]), new(SeededDatabase.End.AddYears(1), SeededDatabase.End.AddYears(2), "month"));

        foreach (var (way, stats) in await AllWaysAsync(query))
        {
            stats.Summary.Sent.ShouldBe(0, way);
            stats.Summary.ResponseRate.ShouldBe(0);
            stats.Summary.Median.ShouldBeNull();
            stats.Buckets.ShouldBeEmpty();
            stats.Slots.ShouldBeEmpty();
            stats.Domains.ShouldBeEmpty();
        }
    }

    private async Task<StatsQuery> AnyAsync(Random dice)
    {
        var accounts = await seeded.OwnedAsync([.. Enumerable.Range(0, dice.Next(1, 5)).Select(_ => seeded.Accounts[dice.Next(12, 50)])]);
        var from = SeededDatabase.End.AddDays(-200 * dice.NextDouble());
        from = new(from.UtcTicks - from.UtcTicks % (dice.Next(3) switch { 0 => TimeSpan.TicksPerDay, 1 => TimeSpan.TicksPerHour, _ => TimeSpan.TicksPerSecond }), TimeSpan.Zero);
        var length = dice.Next(4) switch
        {
            0 => TimeSpan.FromMinutes(dice.Next(1, 100)),
            1 => TimeSpan.FromHours(dice.Next(1, 40)),
            2 => TimeSpan.FromDays(dice.Next(1, 40)),
            _ => TimeSpan.FromDays(200 * dice.NextDouble()),
        };
        return new(accounts, new(from, from + length, StatsSpan.Buckets[dice.Next(4)]));
    }

    private async Task<IReadOnlyList<(string Way, StatsSet Stats)>> AllWaysAsync(StatsQuery query) =>
    [
        ("function over views", await SelectStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: true, default)),
        ("function over tables", await SelectStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: false, default)),
        ("statement over views", await CountStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: true, default)),
        ("statement over tables", await CountStats.ExecuteAsync(seeded.DataSource, seeded.Queries, query, useViews: false, default)),
    ];
}
