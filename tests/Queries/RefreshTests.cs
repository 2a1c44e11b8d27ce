using System.Data;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Analytics.Worker.Email;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Email.Analytics;

namespace Switchboard.Tests.Queries;

/// <summary>What happens around the making of days that changed.</summary>
public sealed class RefreshTests(SeededDatabase seeded)
{
    [Fact]
    public async Task A_refresh_takes_out_the_changes_that_it_has_seen()
    {
        await seeded.AnswerAsync(seeded.Accounts[2], seconds: 77, count: 30);
        (await ChangesAsync(seeded.Accounts[2])).ShouldBeGreaterThan(0);

        await seeded.RefreshAsync();

        (await ChangesAsync(seeded.Accounts[2])).ShouldBe(0);
    }

    [Fact]
    public async Task What_changes_during_a_refresh_stays_noted_and_is_counted_from_the_table()
    {
        var account = seeded.Accounts[3];
        await seeded.AnswerAsync(account, seconds: 55, count: 10);
        var query = new StatsQuery(await seeded.OwnedAsync(account), new(SeededDatabase.End.AddDays(-30), SeededDatabase.End.AddMinutes(1), "day"));

        // the refresh has read what is noted and waits for a day that is held
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var holding = await connection.BeginTransactionAsync();
        await holding.Command("SELECT FROM tracked_email_days WHERE account_id = $1 FOR UPDATE", account).RunAsync(default);
        var refresh = seeded.RefreshAsync();
        await WaitsAsync();
        await seeded.AnswerAsync(account, seconds: 99, count: 10);
        var noted = await ChangesAsync(account);
        await AgreesAsync(query);
        await holding.CommitAsync();
        await refresh;

        noted.ShouldBeGreaterThan(0);
        (await ChangesAsync(account)).ShouldBeInRange(1, noted, "what came after the refresh had begun");
        await AgreesAsync(query);
        await seeded.RefreshAsync();
        (await ChangesAsync(account)).ShouldBe(0);
        await AgreesAsync(query);
    }

    [Fact]
    public async Task Writers_readers_and_refreshes_at_once_never_show_a_count_that_was_not()
    {
        var account = seeded.Accounts[6];
        var query = new StatsQuery(await seeded.OwnedAsync(account), new(SeededDatabase.End.AddDays(-180), SeededDatabase.End.AddMinutes(1), "month"));
        using var done = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var round = 1; round <= 40; round++)
                await seeded.AnswerAsync(account, seconds: round, count: 3);
            await done.CancelAsync();
        });
        var refreshing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await seeded.RefreshAsync();
        });

        // in one transaction both ways see the same moment
        while (!done.IsCancellationRequested)
        {
            await using var connection = await seeded.DataSource.OpenConnectionAsync();
            await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
            var byDays = await DayStats.CountAsync(moment.Command(DayStats.Sql, DayStats.Values(query)), query.Span.Bucket, default);
            var byMails = await moment.Command(
                    $"SELECT {StatsRow.Columns} FROM get_tracking_analytics($1, $2, $3, $4, false)",
                    query.Accounts.Ids, query.Span.From, query.Span.To, query.Span.Bucket)
                .ListAsync(StatsRow.Read, default);
            StatsSet.Difference(StatsSet.Of(byMails, default, StatsSet.Tables, default), byDays).ShouldBeNull();
        }

        await Task.WhenAll(writing, refreshing);
        await AgreesAsync(query);
    }

    [Fact]
    public async Task Two_refreshes_at_once_are_one()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var other = await connection.BeginTransactionAsync();
        await other.Command(AdvisoryLocks.TryOfTrackingViews).RunAsync(default);

        (await Views().RefreshAsync(always: true, default)).ShouldBeNull();

        await other.RollbackAsync();
        (await Views().RefreshAsync(always: true, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Days_that_were_just_made_are_left_as_they_are()
    {
        await seeded.RefreshAsync();

        (await Views().RefreshAsync(always: false, default)).ShouldBeNull();
        await seeded.DataSource.Command("UPDATE tracking_view_refreshes SET refreshed_at = refreshed_at - interval '10 minutes'").RunAsync(default);
        (await Views().RefreshAsync(always: false, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_run_ends_in_time_and_the_next_goes_on_with_what_is_left()
    {
        var account = seeded.Accounts[0];
        await seeded.RefreshAsync();
        var refreshedAt = await RefreshedAtAsync();
        await seeded.NoteAsync(account, SeededDatabase.End.AddDays(-180), SeededDatabase.End);
        var noted = await ChangesAsync(account);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow()) { AutoAdvanceAmount = TimeSpan.FromSeconds(new ViewOptions().TimeoutSeconds - 1) };

        (await Views(time).RefreshAsync(always: true, default)).ShouldNotBeNull();

        (await ChangesAsync(account)).ShouldBeInRange(1, noted - 1);
        (await RefreshedAtAsync()).ShouldBe(refreshedAt, "not all of them are made");
        await seeded.RefreshAsync();
        (await ChangesAsync(account)).ShouldBe(0);
        (await RefreshedAtAsync()).ShouldBeGreaterThan(refreshedAt);

        Task<DateTime> RefreshedAtAsync() => seeded.DataSource.Command("SELECT refreshed_at FROM tracking_view_refreshes").ScalarAsync<DateTime>(default);
    }

    [Fact]
    public async Task A_day_whose_mails_are_all_gone_is_no_day_any_more()
    {
        var account = seeded.Accounts[7];
        var day = DateOnly.FromDateTime(SeededDatabase.End.AddDays(-20).UtcDateTime);
        await seeded.RefreshAsync();
        (await DaysAsync()).ShouldBe(1);

        // as retention does
        await seeded.DataSource.Command(
            """
            WITH old AS (DELETE FROM tracked_emails WHERE account_id = $1 AND (sent_at AT TIME ZONE 'UTC')::date = $2 RETURNING account_id, sent_at)
            INSERT INTO tracked_email_changes (account_id, hour) SELECT DISTINCT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') FROM old
            """,
            account, day).RunAsync(default);
        await seeded.RefreshAsync();

        (await DaysAsync()).ShouldBe(0);
        await AgreesAsync(new(await seeded.OwnedAsync(account), new(SeededDatabase.End.AddDays(-30), SeededDatabase.End, "day")));

        Task<long> DaysAsync() => seeded.DataSource.Command(
            "SELECT count(*) FROM tracked_email_days WHERE account_id = $1 AND day = $2", account, day).ScalarAsync<long>(default);
    }

    private TrackingViews Views(TimeProvider? timeProvider = null) => SeededDatabase.Views(seeded.DataSource, seeded.Queries, timeProvider);

    private async Task AgreesAsync(StatsQuery query) => StatsSet.Difference(
        await ExpectedStats.OfAsync(seeded.DataSource, query),
        await DayStats.ReadAsync(seeded.DataSource, seeded.Queries, query, default)).ShouldBeNull();

    private Task<long> ChangesAsync(Guid accountId) =>
        seeded.DataSource.Command("SELECT count(*) FROM tracked_email_changes WHERE account_id = $1", accountId).ScalarAsync<long>(default);

    private async Task WaitsAsync()
    {
        const string Sql =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO tracked_email_days%'";
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await seeded.DataSource.Command(Sql).ScalarAsync<long>(default) == 0)
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
