using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Tests.Dispatch;

public sealed class DatabaseAwayTests(PostgresServer postgres) : DispatchTest(postgres), IClassFixture<PostgresServer>
{
    private readonly PostgresServer _postgres = postgres;

    [Fact]
    public async Task What_was_sent_while_the_database_died_is_recorded_when_it_is_back_and_not_sent_again()
    {
        var id = await CreateAsync();
        Channel.Answer = async (_, _) =>
        {
            await _postgres.KillAsync();
            return new SendResult.Accepted("wamid.1", 200);
        };

        var handling = HandleAsync(id);
        await Should.ThrowAsync<TimeoutException>(handling.WaitAsync(TimeSpan.FromSeconds(1)));
        await _postgres.StartAsync();

        (await handling.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(JobOutcome.Done);
        (await NotificationAsync(id)).ShouldBe("sent 1 wamid.1");
        (await EventsAsync(id)).ShouldBe("notification.sent 1");
        Channel.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task So_it_is_when_the_database_only_reads_for_a_while_as_a_primary_that_was_demoted()
    {
        var id = await CreateAsync();
        Channel.Answer = async (_, _) =>
        {
            await ReadOnlyAsync(true);
            return new SendResult.Accepted("wamid.2", 200);
        };

        var handling = HandleAsync(id);
        await Should.ThrowAsync<TimeoutException>(handling.WaitAsync(TimeSpan.FromSeconds(1)));
        await ReadOnlyAsync(false);

        (await handling.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(JobOutcome.Done);
        (await NotificationAsync(id)).ShouldBe("sent 1 wamid.2");
        Channel.Sent.ShouldHaveSingleItem();
    }

    private async Task ReadOnlyAsync(bool isReadOnly)
    {
        await using var session = await Database.OpenConnectionAsync();
        await RunAsync("SET default_transaction_read_only = off");
        await RunAsync($"ALTER SYSTEM SET default_transaction_read_only = {(isReadOnly ? "on" : "off")}");
        await RunAsync("SELECT pg_reload_conf()");
        await RunAsync("RESET default_transaction_read_only");

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, session);
            await command.ExecuteNonQueryAsync();
        }
    }
}
