using System.Text;
using Switchboard.Core.Providers;

namespace Switchboard.Tests.Ingest.Syncing;

public sealed class AccountRevocationTests(PostgresServer postgres) : SyncTest(postgres), IClassFixture<PostgresServer>
{
    private static readonly byte[] Grant = [0];

    [Fact]
    public async Task A_grant_that_was_taken_back_stops_the_account_and_tells_its_user_once()
    {
        var (account, sync) = await BeginAsync();
        await ExecuteAsync(
            "INSERT INTO user_phone_numbers (id, user_id, phone_number, verified_at, created_at) VALUES ($1, $1, '+15550100' || (1000 + random() * 8999)::int, now(), now())",
            account.UserId);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Revocation().RevokeAsync(account.Id, Revoked(Grant, "invalid_grant\0"), default)));

        (await ReadAsync("SELECT status || ' ' || status_reason FROM mailboxes WHERE id = $1", account.Id)).ShouldBe(
            ["revoked invalid_grant\uFFFD"]);
        (await StateAsync(sync)).ShouldBe("paused 0 0 0");
        (await ReadAsync("SELECT channel || ' ' || source || ' ' || body FROM notifications WHERE user_id = $1", account.UserId))
            .ShouldHaveSingleItem().ShouldStartWith($"whatsapp tracking {account.Address} is not tracked any more");
        (await ReadAsync("SELECT count(*) FROM scheduled_jobs WHERE type = 'send-notification'")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task A_user_who_has_connected_it_anew_is_not_thrown_out_again()
    {
        var (account, sync) = await BeginAsync();

        await Revocation().RevokeAsync(account.Id, Revoked(Encoding.UTF8.GetBytes("the one before")), default);

        (await ReadAsync("SELECT status FROM mailboxes WHERE id = $1", account.Id)).ShouldBe(["active"]);
        (await StateAsync(sync)).ShouldBe("queued 0 0 0");
    }

    [Fact]
    public async Task Whoever_has_no_phone_is_told_at_the_account_alone()
    {
        var (account, _) = await BeginAsync();

        await Revocation().RevokeAsync(account.Id, Revoked(Grant), default);

        (await ReadAsync("SELECT status FROM mailboxes WHERE id = $1", account.Id)).ShouldBe(["revoked"]);
        (await ReadAsync("SELECT count(*) FROM notifications WHERE user_id = $1", account.UserId)).ShouldBe(["0"]);
    }

    private static ProviderFailure Revoked(byte[] grant, string reason = "invalid_grant") =>
        new(FailureKind.GrantRevoked, reason) { Grant = grant };
}
