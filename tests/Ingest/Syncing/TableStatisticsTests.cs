using Microsoft.Extensions.Logging.Abstractions;
using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Tests.Ingest.Syncing;

public sealed class TableStatisticsTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task A_table_that_has_grown_by_thousands_of_mails_is_analysed_and_one_that_has_not_is_left()
    {
        await ExecuteAsync(
            "ALTER TABLE received_emails SET (autovacuum_enabled = off); ALTER TABLE tracked_emails SET (autovacuum_enabled = off)");
        // what was written counts at once, not within a second
        await ExecuteAsync(
            """
            SELECT pg_stat_force_next_flush();
            INSERT INTO received_emails (id, account_id, message_key, subject_key, names, provider_id, internet_message_id, sender, subject, kind,
                is_answer_subject, received_at, created_at)
            SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '{}', 'p', 'm', 'a@b.test', 's', 'reply', false, now(), now()
            FROM generate_series(1, 2000)
            """);

        await using var database = Connect();
        await new TableStatistics(database, NullLogger<TableStatistics>.Instance).AnalyseGrownAsync(default);

        (await RowsAsync("received_emails")).ShouldBe(2_000);
        (await RowsAsync("tracked_emails")).ShouldBe(-1);
        // not what an index works out of a row, and nothing that no mail is looked up by
        (await ScalarAsync<string>("SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_stats WHERE tablename = 'received_emails'"))
            .ShouldBe("account_id conversation_key is_answer_subject message_key names received_at reported subject_key tracked_email_id");

        // what has not grown since is not analysed again
        await ExecuteAsync("DELETE FROM pg_statistic WHERE starelid = 'received_emails'::regclass");
        await new TableStatistics(database, NullLogger<TableStatistics>.Instance).AnalyseGrownAsync(default);
        (await ScalarAsync<long>("SELECT count(*) FROM pg_stats WHERE tablename = 'received_emails'")).ShouldBe(0);
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private Task<int> RowsAsync(string table) => ScalarAsync<int>($"SELECT reltuples::int FROM pg_class WHERE oid = '{table}'::regclass");
}
