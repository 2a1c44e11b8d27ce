using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Email.Analytics;

namespace Switchboard.Tests.Queries;

/// <summary>Stats over days and over all mails, and as they are worked out from all mails here.</summary>
public sealed class StatsTests(SeededDatabase seeded)
{
    [Fact]
    public async Task Both_ways_give_the_same_stats_and_those_that_are_worked_out_here()
    {
        var dice = new Random(7);
        for (var round = 0; round < 25; round++)
        {
            var query = await AnyAsync(dice);

            var expected = await ExpectedStats.OfAsync(seeded.DataSource, query);

            foreach (var (way, stats) in await BothWaysAsync(query))
                StatsSet.Difference(expected, stats).ShouldBeNull($"{way}, round {round}: {query.Span} of {query.Accounts.Ids.Length}");
        }
    }

    [Fact]
    public async Task What_changed_since_its_day_was_made_is_in_the_stats_at_once()
    {
        var dice = new Random(11);
        for (var round = 0; round < 8; round++)
        {
            var query = await AnyAsync(dice);
            foreach (var account in query.Accounts.Ids)
                await seeded.AnswerAsync(account, seconds: 1 + dice.Next(500_000), count: dice.Next(1, 40));

            var expected = await ExpectedStats.OfAsync(seeded.DataSource, query);

            foreach (var (way, stats) in await BothWaysAsync(query))
                StatsSet.Difference(expected, stats).ShouldBeNull($"{way}, round {round}: {query.Span}");
        }
    }

    [Fact]
    public async Task The_days_themselves_are_read_where_nothing_changed_and_the_mails_at_the_ends_of_the_span()
    {
        var account = seeded.Accounts[9];
        await seeded.RefreshAsync();
        var query = new StatsQuery(await seeded.OwnedAsync(account), new(SeededDatabase.End.AddDays(-60), SeededDatabase.End.AddDays(-30), "week"));
        var before = await DaysAsync(query);

        // without noting the change: only a reader of the mails sees it
        await seeded.DataSource.Command(
            "UPDATE tracked_emails SET recipient_domain = 'hidden.test', auto_replied_at = sent_at WHERE account_id = $1 AND sent_at >= $2 AND sent_at < $3",
            account, query.Span.From, query.Span.To).RunAsync(default);
        var byDays = await DaysAsync(query);
        var byMails = await MailStats.ReadAsync(seeded.DataSource, seeded.Queries, query, default);

        // the span begins and ends at noon
        var ends = byDays.Domains.Single(domain => domain.Domain == "hidden.test").Sent;
        ends.ShouldBeInRange(1, before.Summary.Sent / 5);
        byDays.Summary.Sent.ShouldBe(before.Summary.Sent);
        byDays.Summary.AutoReplied.ShouldBeInRange(before.Summary.AutoReplied, before.Summary.AutoReplied + ends);
        byDays.Domains.Count.ShouldBeGreaterThan(10);
        (byDays.Source, byMails.Source).ShouldBe(("views", "tables"));
        byMails.Summary.AutoReplied.ShouldBe(byMails.Summary.Sent);
        byMails.Domains.ShouldHaveSingleItem().Domain.ShouldBe("hidden.test");

        await seeded.NoteAsync(account, query.Span.From, query.Span.To);
        (await DaysAsync(query)).Domains.ShouldHaveSingleItem("noted, it is counted from the mails");
        await seeded.RefreshAsync();
        StatsSet.Difference(byMails, await DaysAsync(query)).ShouldBeNull();
    }

    [Fact]
    public async Task The_longest_time_and_a_domain_that_would_be_two_lines_are_counted_from_days_as_from_mails()
    {
        var account = seeded.Accounts[10];
        var query = new StatsQuery(await seeded.OwnedAsync(account), new(SeededDatabase.End.AddDays(-12), SeededDatabase.End.AddDays(-4), "day"));
        await seeded.DataSource.Command(
            """
            WITH one AS (
                SELECT id FROM tracked_emails WHERE account_id = $1 AND sent_at >= $2 AND sent_at < $3 AND status = 'active' LIMIT 1)
            UPDATE tracked_emails
            SET recipient_domain = E'two\nlines.test', response_at = CASE WHEN id = (TABLE one) THEN sent_at + 2147483647 * interval '1 second' ELSE response_at END,
                response_seconds = CASE WHEN id = (TABLE one) THEN 2147483647 ELSE response_seconds END
            WHERE account_id = $1 AND sent_at >= $2 AND sent_at < $3
            """,
            account, query.Span.From, query.Span.To).RunAsync(default);
        await seeded.NoteAsync(account, query.Span.From, query.Span.To);

        var byMails = await MailStats.ReadAsync(seeded.DataSource, seeded.Queries, query, default);
        var noted = await DaysAsync(query);
        await seeded.RefreshAsync();

        foreach (var byDays in new[] { noted, await DaysAsync(query) })
        {
            StatsSet.Difference(byMails with { Domains = [] }, byDays with { Domains = [] }).ShouldBeNull();
            byDays.Domains.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                domain => domain.Domain.ShouldBe("two lines.test"), domain => domain.Sent.ShouldBe(byDays.Summary.Sent));
        }
    }

    [Fact]
    public async Task Of_no_mails_there_are_stats_too()
    {
        var query = new StatsQuery(await seeded.OwnedAsync(seeded.Accounts[5]), new(SeededDatabase.End.AddYears(1), SeededDatabase.End.AddYears(2), "month"));

        foreach (var (way, stats) in await BothWaysAsync(query))
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

    private Task<StatsSet> DaysAsync(StatsQuery query) => DayStats.ReadAsync(seeded.DataSource, seeded.Queries, query, default);

    private async Task<IReadOnlyList<(string Way, StatsSet Stats)>> BothWaysAsync(StatsQuery query) =>
    [
        ("over days", await DaysAsync(query)),
        ("over mails", await MailStats.ReadAsync(seeded.DataSource, seeded.Queries, query, default)),
    ];
}
