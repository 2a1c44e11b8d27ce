using System.Text;
using Npgsql;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Tests.Ingest.Syncing;

/// <summary>The refresh tokens of accounts: used by one at a time, and never with a connection or a transaction held meanwhile.</summary>
public sealed class GrantStoreTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task While_the_provider_is_asked_no_connection_is_held()
    {
        var account = await AccountAsync();
        await using var database = OneConnection();

        await new GrantStore("mailboxes", database, TimeProvider.System).UseAsync(
            account.Id,
            async _ =>
            {
                await using var other = await database.OpenConnectionAsync();
                return Encoding.UTF8.GetBytes("next");
            },
            default);

        (await StoredAsync(account.Id)).ShouldBe("next");
    }

    [Fact]
    public async Task One_at_a_time_uses_a_token_over_all_processes_and_the_next_gets_the_one_that_took_its_place()
    {
        var account = await AccountAsync();
        var (users, most) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var process = Connect();
            await new GrantStore("mailboxes", process, TimeProvider.System).UseAsync(
                account.Id,
                async token =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref users));
                    await Task.Yield();
                    Interlocked.Decrement(ref users);
                    return [.. token, 1];
                },
                default);
        }));

        most.ShouldBe(1);
        (await ReadAsync("SELECT length(refresh_token) || ' ' || (grant_claim IS NULL) FROM mailboxes WHERE id = $1", account.Id))
            .ShouldBe(["9 true"]);
    }

    [Fact]
    public async Task A_claim_whose_process_died_ends_by_itself()
    {
        var account = await AccountAsync();
        await ExecuteAsync(
            "UPDATE mailboxes SET grant_claim = $1, grant_claimed_until = clock_timestamp() + interval '300 milliseconds' WHERE id = $1", account.Id);

        await new GrantStore("mailboxes", Database, TimeProvider.System).UseAsync(
            account.Id, _ => Task.FromResult<byte[]?>(Encoding.UTF8.GetBytes("next")), default);

        (await StoredAsync(account.Id)).ShouldBe("next");
    }

    [Fact]
    public async Task What_fails_leaves_the_token_free_and_as_it_was()
    {
        var account = await AccountAsync();
        var grants = new GrantStore("mailboxes", Database, TimeProvider.System);

        await Should.ThrowAsync<InvalidOperationException>(
            () => grants.UseAsync(account.Id, _ => throw new InvalidOperationException(), default));

        (await ReadAsync("SELECT refresh_token = '\\x00' AND grant_claim IS NULL FROM mailboxes WHERE id = $1", account.Id)).ShouldBe(
            ["True"]);
    }

    [Fact]
    public async Task The_grant_of_a_user_who_has_connected_again_meanwhile_stays()
    {
        var account = await AccountAsync();

        await new GrantStore("mailboxes", Database, TimeProvider.System).UseAsync(
            account.Id,
            async _ =>
            {
                await ExecuteAsync("UPDATE mailboxes SET refresh_token = convert_to('theirs', 'UTF8') WHERE id = $1", account.Id);
                return Encoding.UTF8.GetBytes("next");
            },
            default);

        (await StoredAsync(account.Id)).ShouldBe("theirs");
    }

    [Fact]
    public async Task Of_an_account_that_is_gone_there_is_no_token() =>
        (await Should.ThrowAsync<ProviderException>(() => new GrantStore("mailboxes", Database, TimeProvider.System).UseAsync(
            Guid.CreateVersion7(), _ => Task.FromResult<byte[]?>(null), default))).Kind.ShouldBe(FailureKind.Permanent);

    private NpgsqlDataSource OneConnection()
    {
        var source = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { MaxPoolSize = 1, Timeout = 2 };
        return NpgsqlDataSource.Create(source);
    }

    private async Task<string> StoredAsync(Guid account) =>
        (await ReadAsync("SELECT convert_from(refresh_token, 'UTF8') FROM mailboxes WHERE id = $1", account)).ShouldHaveSingleItem();
}
