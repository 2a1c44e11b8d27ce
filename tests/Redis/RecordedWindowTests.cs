using Npgsql;

namespace Switchboard.Tests.Redis;

/// <summary>The functions in Postgres by themselves.</summary>
public sealed class RecordedWindowTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private readonly string _key = Guid.CreateVersion7().ToString("N");
    private NpgsqlDataSource _dataSource = null!;

    public ValueTask InitializeAsync()
    {
        _dataSource = NpgsqlDataSource.Create(postgres.ConnectionString);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    [Fact]
    public async Task Twenty_sessions_at_once_get_exactly_the_limit()
    {
        var granted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            var sum = 0L;
            for (var i = 0; i < 30; i++)
                sum += (int)(await OneAsync("SELECT granted FROM check_and_record_rate_limit($1, 500, '10 minutes', 1)", _key))!;
            return sum;
        })));

        granted.Sum().ShouldBe(500);
        ((long)(await OneAsync("SELECT count(*) FROM rate_limit_windows WHERE key = $1", _key))!)
            .ShouldBe(1, "grants of the same 32nd share a row");
    }

    [Fact]
    public async Task All_or_none_unless_fewer_are_enough_and_fewer_as_they_run_out()
    {
        (await GrantedAsync(100, 60, null)).ShouldBe(60);
        (await GrantedAsync(100, 41, null)).ShouldBe(0);
        (await GrantedAsync(100, 40, 1)).ShouldBe(10, "a quarter of what is free");
        (await GrantedAsync(100, 40, 25)).ShouldBe(25);
        (await GrantedAsync(100, 40, 1)).ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_says_when_enough_is_free()
    {
        await OneAsync("SELECT granted FROM check_and_record_rate_limit($1, 10, '10 minutes', 4)", _key);
        await OneAsync(
            "UPDATE rate_limit_windows SET first_at = first_at - interval '5 minutes', counts_until = counts_until - interval '5 minutes' "
            + "WHERE key = $1",
            _key);
        await OneAsync("SELECT granted FROM check_and_record_rate_limit($1, 10, '10 minutes', 6)", _key);

        (await RetryAsync(4)).ShouldBeInRange(TimeSpan.FromMinutes(4.9), TimeSpan.FromMinutes(5));
        (await RetryAsync(5)).ShouldBeInRange(TimeSpan.FromMinutes(9.9), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task A_limit_that_was_lowered_waits_for_as_many_as_are_too_many()
    {
        await OneAsync("SELECT granted FROM check_and_record_rate_limit($1, 100, '10 minutes', 50)", _key);

        ((int)(await OneAsync("SELECT granted FROM check_and_record_rate_limit($1, 10, '10 minutes', 1)", _key))!).ShouldBe(0);
        (await RetryAsync(1)).ShouldBeGreaterThan(TimeSpan.FromMinutes(9));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    public async Task What_can_never_be_had_is_an_error(int wanted) => (await Should.ThrowAsync<PostgresException>(
        OneAsync($"SELECT granted FROM check_and_record_rate_limit($1, 10, '1 minute', {wanted})", _key))).SqlState.ShouldBe("22023");

    [Fact]
    public async Task Rows_that_count_no_more_are_removed_four_for_each_that_comes()
    {
        await OneAsync(
            "INSERT INTO rate_limit_windows (key, permits, first_at, counts_until) "
            + "SELECT $1 || n, 1, now(), now() - interval '1 year' FROM generate_series(1, 6) AS n",
            _key);

        await OneAsync("SELECT granted FROM check_and_record_rate_limit($1, 10, '1 minute', 1)", _key);

        ((long)(await OneAsync("SELECT count(*) FROM rate_limit_windows WHERE key LIKE $1 || '_' AND counts_until < now()", _key))!)
            .ShouldBe(2);
    }

    [Fact]
    public async Task Holders_of_slots_never_have_more_than_the_limit_and_keep_what_they_have()
    {
        (await HoldAsync("a", 4)).ShouldBe(4);
        (await HoldAsync("b", 1)).ShouldBe(0);
        (await HoldAsync("a", 1)).ShouldBe(4);
        await OneAsync("DELETE FROM rate_limit_slots WHERE key = $1 AND holder = 'a'", _key);
        (await HoldAsync("b", 1)).ShouldBe(1);
        (await HoldAsync("a", 4)).ShouldBe(3);
        await OneAsync("UPDATE rate_limit_slots SET held_until = now() WHERE key = $1 AND holder = 'b'", _key);
        (await HoldAsync("a", 4)).ShouldBe(4);
    }

    [Fact]
    public async Task Over_two_hundred_thousand_rows_the_window_is_read_by_its_index()
    {
        await OneAsync(
            """
            INSERT INTO rate_limit_windows (key, permits, first_at, counts_until)
            SELECT 'mailbox-' || n % 6000, 10, now(), now() + n % 600 * interval '1 second' + interval '1 minute'
            FROM generate_series(1, 210000) AS n
            """);
        await OneAsync("VACUUM ANALYZE rate_limit_windows");

        var plan = await RowsAsync(
            """
            EXPLAIN SELECT 100000 - coalesce(sum(w.permits), 0)
            FROM rate_limit_windows AS w
            WHERE w.key = 'mailbox-7' AND w.counts_until > clock_timestamp()
            """);
        plan.ShouldContain(line => line.Contains("idx_rate_limit_active_window", StringComparison.Ordinal));
        plan.ShouldNotContain(line => line.Contains("Seq Scan", StringComparison.Ordinal));

        // and the function itself, by Postgres's own count within the transaction
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var call = new NpgsqlCommand(
            "SELECT granted FROM check_and_record_rate_limit('mailbox-7', 100000, '10 minutes', 5, 1, '18 seconds')", connection))
            (await call.ExecuteScalarAsync()).ShouldBe(5);
        await using (var call = new NpgsqlCommand(
            "SELECT granted FROM check_and_record_rate_limit('mailbox-7', 10, '10 minutes', 5, 5)", connection))
            (await call.ExecuteScalarAsync()).ShouldBe(0);
        await using var scans = new NpgsqlCommand(
            "SELECT pg_stat_get_xact_numscans('rate_limit_windows'::regclass), "
            + "pg_stat_get_xact_numscans('idx_rate_limit_active_window'::regclass)",
            connection);
        await using var row = await scans.ExecuteReaderAsync();
        await row.ReadAsync();
        row.GetInt64(0).ShouldBe(0, "sequential scans");
        row.GetInt64(1).ShouldBeGreaterThanOrEqualTo(4);
    }

    private async Task<int> GrantedAsync(int limit, int wanted, int? least)
    {
        await using var command = _dataSource.CreateCommand(
            "SELECT granted FROM check_and_record_rate_limit($1, $2, '10 minutes', $3, $4)");
        foreach (var value in new object[] { _key, limit, wanted, least is { } some ? some : DBNull.Value })
            command.Parameters.Add(new() { Value = value });
        command.Parameters[3].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer;
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private async Task<TimeSpan> RetryAsync(int wanted) =>
        (TimeSpan)(await OneAsync($"SELECT retry_after FROM check_and_record_rate_limit($1, 10, '10 minutes', {wanted})", _key))!;

    private async Task<int> HoldAsync(string holder, int wanted) =>
        (int)(await OneAsync($"SELECT hold_concurrency_slots($1, 4, '{holder}', {wanted}, '1 minute')", _key))!;

    private async Task<object?> OneAsync(string sql, params object[] values)
    {
        await using var command = _dataSource.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }

    private async Task<List<string>> RowsAsync(string sql)
    {
        await using var command = _dataSource.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await row.ReadAsync())
            rows.Add(row.GetString(0));
        return rows;
    }
}
