using System.Globalization;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Email.Analytics;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Tests.Queries;

/// <summary>
/// Over 200,000 mails no hot query reads a whole table, and each goes over the index that is meant for it. What runs inside of functions
/// does not show in a plan: Postgres's own count of scans within the transaction does.
/// </summary>
public sealed class PlanTests(SeededDatabase seeded)
{
    private static readonly string[] Tables = ["tracked_emails", "received_emails", "tracked_email_days", "tracked_email_changes"];

    [Theory]
    [InlineData("", "idx_tracked_emails_account_sent")]
    [InlineData("with_status => 'active'", "idx_tracked_emails_account_status_response")]
    [InlineData("with_status => 'bounced', with_response => false", "idx_tracked_emails_account_status_response")]
    [InlineData("with_status => 'responded', with_response => true", "idx_tracked_emails_account_status_response")]
    [InlineData("with_response => false", "idx_tracked_emails_account_status_response")]
    [InlineData("sent_since => '2025-12-01', sent_until => '2026-01-01'", "idx_tracked_emails_account_sent")]
    [InlineData("sort => 'sentAt'", "idx_tracked_emails_account_sent")]
    [InlineData("sort => '-respondedAt'", "idx_tracked_emails_account_responded")]
    [InlineData("sort => 'respondedAt', with_status => 'responded'", "idx_tracked_emails_account_responded")]
    [InlineData("sort => 'respondedAt', with_status => 'stopped'", "idx_tracked_emails_account_status_response")]
    [InlineData("after_at => '2025-10-01', after_id => '00000000-0000-0000-0000-000000000000'", "idx_tracked_emails_account_sent")]
    [InlineData("skip => 5000", "idx_tracked_emails_account_sent")]
    [InlineData("recipient => 'person3@domain40.test'", "idx_tracked_emails_terms")]
    [InlineData("recipient => '@domain417.test'", "idx_tracked_emails_terms")]
    [InlineData("recipient => '@domain1.test'", "idx_tracked_emails_account_sent")]
    [InlineData("search => 'zebra'", "idx_tracked_emails_terms")]
    [InlineData("search => 'invo'", "idx_tracked_emails_account_sent")]
    [InlineData("search => 'zebra', recipient => '@domain2.test', with_status => 'expired'", "idx_tracked_emails_terms")]
    public async Task A_list_is_read_over_its_index(string filter, string index)
    {
        foreach (var accounts in new[] { 1, 20 })
        {
            var scans = await ScansAsync(
                $"SELECT count(*) FROM get_tracked_emails($1{(filter.Length > 0 ? ", " : "")}{filter}, take => 51)", seeded.Accounts.Take(accounts).ToArray());

            scans[index].ShouldBeGreaterThan(0, $"{index} with {accounts} accounts");
            Tables.ShouldAllBe(table => scans[table] == 0);
        }
    }

    [Theory]
    [InlineData("search => 'invo', skip => 400")]
    [InlineData("search => 'invo', with_status => 'expired'")]
    [InlineData("search => 'invo', with_response => true, sort => 'sentAt'")]
    [InlineData("recipient => '@domain1.test', with_status => 'responded', sort => '-respondedAt'")]
    [InlineData("recipient => '@domain1.test', sent_until => '2026-01-01', after_at => '2026-02-01', after_id => '00000000-0000-0000-0000-000000000000'")]
    public async Task What_many_mails_have_is_found_among_the_first_ones_in_the_order_of_the_list(string filter)
    {
        foreach (var accounts in new[] { 1, 20 })
        {
            var scans = await ScansAsync($"SELECT count(*) FROM get_tracked_emails($1, {filter}, take => 51)", seeded.Accounts.Take(accounts).ToArray());

            // it has no order: all mails with the word would be read
            scans["idx_tracked_emails_terms"].ShouldBe(0, $"{accounts} accounts");
            // begin with the account too, and all of it would be read; of a small one that is no matter
            if (accounts == 1)
                new[] { "idx_tracked_emails_subject", "idx_tracked_emails_conversation", "idx_tracked_emails_message" }.ShouldAllBe(index => scans[index] == 0);
        }
    }

    [Theory]
    [InlineData("'active', false, NULL, NULL", "idx_tracked_emails_account_status_response")]
    // all of an account: any index that begins with the account will do, and the statistics say which
    [InlineData("NULL, NULL, NULL, NULL", "idx_tracked_emails_")]
    [InlineData("NULL, NULL, '@domain9.test', 'offer'", "idx_tracked_emails_terms")]
    public async Task The_mails_of_a_list_are_counted_over_its_index(string filter, string index)
    {
        var scans = await ScansAsync($"SELECT count_tracked_emails($1, {filter}, NULL, NULL, '-sentAt', 10001)", seeded.Accounts.Take(3).ToArray());

        scans.Where(scan => scan.Key.StartsWith(index, StringComparison.Ordinal)).Sum(scan => scan.Value).ShouldBeGreaterThan(0);
        Tables.ShouldAllBe(table => scans[table] == 0);
    }

    [Theory]
    // a few whole days and parts of two, of which some have changed
    [InlineData(DayStats.Sql, "tracked_email_days_pkey", "tracked_email_changes_pkey", "idx_tracked_emails_account_sent")]
    [InlineData("SELECT count(*) FROM get_tracking_analytics($1, $5[1], $6[2], 'day', $2::uuid IS NULL AND $3::date < $4)", "idx_tracked_emails_account_sent")]
    public async Task Stats_are_counted_over_indexes(string sql, params string[] indexes)
    {
        await seeded.AnswerAsync(seeded.Accounts[10], seconds: 44, count: 5);

        var scans = await ScansAsync(
            sql, new[] { seeded.Accounts[10], seeded.Accounts[11] }, SeededDatabase.UserId, new DateOnly(2026, 2, 1), new DateOnly(2026, 3, 2),
            new[] { At("2026-01-31T10:17:00Z"), At("2026-03-02T00:00:00Z") }, new[] { At("2026-02-01T00:00:00Z"), At("2026-03-02T10:17:00Z") });

        indexes.ShouldAllBe(index => scans[index] > 0);
        Tables.ShouldAllBe(table => scans[table] == 0);

        static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Stats_over_the_table_read_nothing_but_the_index()
    {
        var plan = await PlanAsync(
            "SELECT sent_at, status, response_seconds, auto_replied_at, recipient_domain FROM tracked_emails WHERE account_id = $1 AND sent_at >= $2 AND sent_at < $3",
            seeded.Accounts[0], SeededDatabase.End.AddDays(-10), SeededDatabase.End);

        plan.ShouldContain("Index Only Scan using idx_tracked_emails_account_sent");
    }

    [Fact]
    public async Task A_mail_and_its_thread_are_read_over_indexes()
    {
        var id = await seeded.DataSource.Command("SELECT id FROM tracked_emails WHERE account_id = $1 AND status = 'responded' LIMIT 1", seeded.Accounts[1])
            .ScalarAsync<Guid>(default);
        await seeded.DataSource.Command("SELECT pg_stat_force_next_flush()").ListAsync(_ => 0, default);
        var before = await seeded.DataSource.Command("SELECT sum(seq_scan)::bigint FROM pg_stat_user_tables WHERE relname = ANY ($1)", [Tables]).ScalarAsync<long>(default);

        var mail = await new TrackedEmailStore(seeded.DataSource, new(seeded.DataSource, TimeProvider.System), TimeProvider.System).FindAsync(id, SeededDatabase.UserId, default);

        await seeded.DataSource.Command("SELECT pg_stat_force_next_flush()").ListAsync(_ => 0, default);
        mail.ShouldNotBeNull().Thread.Select(entry => (entry.Direction, entry.Kind)).ShouldBe([("sent", "sent"), ("received", "reply")]);
        mail.Thread[1].MatchedBy.ShouldBe("reference");
        (await seeded.DataSource.Command("SELECT sum(seq_scan)::bigint FROM pg_stat_user_tables WHERE relname = ANY ($1)", [Tables]).ScalarAsync<long>(default))
            .ShouldBe(before);
    }

    [Fact]
    public async Task What_is_due_is_found_by_its_index() => (await PlanAsync(
        "SELECT id FROM tracked_emails WHERE status = 'active' AND next_check_at <= $1 ORDER BY next_check_at LIMIT 100 FOR UPDATE SKIP LOCKED",
        SeededDatabase.End.AddDays(10))).ShouldContain("idx_tracked_emails_active_tracking");

    [Theory]
    [InlineData(TrackedEmailSort.Newest, "idx_tracked_emails_account_sent")]
    [InlineData(TrackedEmailSort.FirstAnswered, "idx_tracked_emails_account_responded")]
    public async Task The_plain_statement_goes_over_an_index_too(string sort, string index)
    {
        var query = ListQueries.Of(await seeded.OwnedAsync(seeded.Accounts[0]), sort);

        var plan = await PlanAsync(ScanTrackedEmails.Sql(query), query.Accounts.Ids, null, null, null, null, null, null, SeededDatabase.UserId, null, null, 51, 0);

        plan.ShouldContain(index);
        plan.ShouldNotContain("Seq Scan");
        plan.ShouldNotContain("Sort");
    }

    private async Task<string> PlanAsync(string sql, params object?[] values) =>
        string.Join('\n', await seeded.DataSource.Command($"EXPLAIN {sql}", values).ListAsync(row => row.GetString(0), default));

    /// <summary>How often each table was read as a whole, and each index at all, by one statement.</summary>
    private async Task<Dictionary<string, long>> ScansAsync(string sql, params object[] values)
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // the counts of a connection stay until it reports them, those of the statements before this one too
        var before = await CountAsync();
        await transaction.Command(sql, values).ListAsync(_ => 0, default);
        return (await CountAsync()).ToDictionary(scan => scan.Key, scan => scan.Value - before[scan.Key]);

        async Task<Dictionary<string, long>> CountAsync() => (await transaction.Command(
            """
            SELECT relname, pg_stat_get_xact_numscans(oid) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND (relname LIKE '%tracked_email%' OR relname LIKE '%received_emails%')
            """).ListAsync(row => (row.GetString(0), row.GetInt64(1)), default)).ToDictionary();
    }
}
