using Npgsql;

namespace Switchboard.Tests.Edge.Health;

/// <summary>Slow is what takes over 20 ms here.</summary>
public sealed class SlowQueryTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Sql = "SELECT count(*) FROM users WHERE email = $1 AND pg_sleep(0.03) IS NOT NULL OR pg_sleep(0.03) IS NULL";
    private const string Secret = "secret@contoso.test";

    [Fact]
    public async Task A_slow_query_is_logged_with_its_plan_once_a_minute_and_without_what_was_asked_for()
    {
        await using var host = Host();
        await host.ExecuteAsync("INSERT INTO users (id, email, name, created_at) VALUES (gen_random_uuid(), 'a@b.test', 'a', now())");

        await CountAsync(host);
        var line = await host.NextWarningAsync();
        await CountAsync(host);
        var next = await host.NextWarningAsync();

        line.ShouldStartWith("The query count-users took ");
        line.ShouldContain("Scan on users");
        line.ShouldContain("rows=");
        line.ShouldNotContain(Secret);
        next.ShouldMatch(@"^The query count-users took \d+ ms\.$");
    }

    [Fact]
    public async Task A_command_that_was_disposed_by_who_ran_it_is_explained_nevertheless()
    {
        await using var host = Host();

        await SleepAsync(host, async (command, ct) =>
        {
            await using (command)
                return await command.ExecuteNonQueryAsync(ct);
        });

        (await host.NextWarningAsync()).ShouldContain("Result  (cost=");
    }

    [Theory]
    [InlineData("ENABLE_SLOW_QUERY_ALERTS", 1)]
    [InlineData("ENABLE_PERFORMANCE_MONITORING", 0)]
    public async Task With_its_flag_off_nothing_is_logged(string flag, int counted)
    {
        await using var host = Host((flag, "false"));

        await SleepAsync(host);

        host.UnreadWarnings.ShouldBe(0);
        host.Queries.Read().Counters.Count.ShouldBe(counted);
    }

    [Fact]
    public async Task Nobody_waits_for_a_plan_that_the_database_does_not_tell()
    {
        await using var host = Host();
        await host.ExecuteAsync("CREATE TABLE held (id int)");
        NpgsqlTransaction? holding = null;
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var command = host.Database.CreateCommand("SELECT pg_sleep(0.03), (SELECT max(id) FROM held)");

        await host.Queries.RunAsync(
            "held",
            command,
            async (given, ct) =>
            {
                var answer = await given.ExecuteNonQueryAsync(ct);
                holding = await connection.BeginTransactionAsync(ct);
                await using var hold = new NpgsqlCommand("LOCK TABLE held IN ACCESS EXCLUSIVE MODE", connection, holding);
                await hold.ExecuteNonQueryAsync(ct);
                return answer;
            },
            CancellationToken.None);

        // it is back while the plan waits for the table
        host.UnreadWarnings.ShouldBe(0);
        await holding!.RollbackAsync();
        (await host.NextWarningAsync()).ShouldContain("Seq Scan on held");
    }

    [Fact]
    public async Task A_plan_that_takes_too_long_is_given_up_and_that_is_said()
    {
        await using var host = Host(("Queries:PlanTimeoutMilliseconds", "1500"));
        await host.ExecuteAsync("CREATE TABLE kept (id int)");
        await using var connection = await host.Database.OpenConnectionAsync();
        await using var command = host.Database.CreateCommand("SELECT pg_sleep(0.03), (SELECT max(id) FROM kept)");

        await host.Queries.RunAsync(
            "kept",
            command,
            async (given, ct) =>
            {
                var answer = await given.ExecuteNonQueryAsync(ct);
                var keeping = await connection.BeginTransactionAsync(ct);
                await using var keep = new NpgsqlCommand("LOCK TABLE kept IN ACCESS EXCLUSIVE MODE", connection, keeping);
                await keep.ExecuteNonQueryAsync(ct);
                return answer;
            },
            CancellationToken.None);

        (await host.NextWarningAsync()).ShouldEndWith("Its plan could not be had: SQLSTATE 57014");
    }

    [Fact]
    public async Task What_stands_behind_a_semicolon_is_not_done_again()
    {
        await using var host = Host();
        await host.ExecuteAsync("CREATE TABLE twice (id int)");
        await using var command = host.Database.CreateCommand("SELECT pg_sleep(0.03); INSERT INTO twice VALUES (1)");

        await host.Queries.RunAsync("two-at-once", command, (given, ct) => given.ExecuteNonQueryAsync(ct), CancellationToken.None);

        (await host.NextWarningAsync()).ShouldEndWith("Its plan could not be had: SQLSTATE 25006");
        await using var count = host.Database.CreateCommand("SELECT count(*) FROM twice");
        (await count.ExecuteScalarAsync()).ShouldBe(1L);
    }

    [Fact]
    public async Task What_writes_is_explained_and_not_done_again()
    {
        await using var host = Host();
        await host.ExecuteAsync("CREATE TABLE written (id int)");
        await using var command = host.Database.CreateCommand("INSERT INTO written SELECT 1 FROM pg_sleep(0.03)");

        await host.Queries.RunAsync("written", command, (given, ct) => given.ExecuteNonQueryAsync(ct), CancellationToken.None);

        (await host.NextWarningAsync()).ShouldContain("Insert on written");
        await using var count = host.Database.CreateCommand("SELECT count(*) FROM written");
        (await count.ExecuteScalarAsync()).ShouldBe(1L);
    }

    private PerformanceHost Host(params (string Name, string Value)[] settings) =>
        new(postgres, [("Queries:SlowQueryMilliseconds", "20"), .. settings]);

    private static async Task CountAsync(PerformanceHost host)
    {
        await using var command = host.Database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = Secret });
        await host.Queries.RunAsync("count-users", command, (given, ct) => given.ExecuteScalarAsync(ct), CancellationToken.None);
    }

    private static async Task SleepAsync(PerformanceHost host, Func<NpgsqlCommand, CancellationToken, Task<int>>? run = null)
    {
        await using var command = host.Database.CreateCommand("SELECT pg_sleep(0.03)");
        await host.Queries.RunAsync("sleep", command, run ?? ((given, ct) => given.ExecuteNonQueryAsync(ct)), CancellationToken.None);
    }
}
