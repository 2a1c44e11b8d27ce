using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Email.Analytics;
using Switchboard.Edge.Api.Email.Syncs;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Tests.Queries;

/// <summary>Each statement by itself reads and changes nothing of another user, whatever was looked for before it.</summary>
public sealed class OwnerTests(SeededDatabase seeded)
{
    private static readonly Guid OtherUser = new("00000000-0000-0000-0000-0000000000ff");
    private static readonly DateTimeOffset Now = SeededDatabase.End;

    [Fact]
    public async Task An_account_is_changed_by_its_user_alone()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        (await ChangeAsync(OtherUser)).ShouldBe(0);
        (await ChangeAsync(SeededDatabase.UserId)).ShouldBe(1);

        Task<int> ChangeAsync(Guid userId) =>
            AccountStore.ChangeAsync(transaction, seeded.Accounts[21], userId, AccountStatus.Paused, false, null, Now, default);
    }

    [Fact]
    public async Task An_unfinished_sync_is_seen_and_paused_by_its_user_alone()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var account = seeded.Accounts[22];
        await SyncStore.InsertAsync(transaction, account, SeededDatabase.UserId, null, 100, Now, default);

        (await SyncStore.FindUnfinishedAsync(transaction, account, OtherUser, default)).ShouldBeNull();
        (await SyncStore.PauseAsync(transaction, account, OtherUser, Now, default)).ShouldBe(0);

        (await SyncStore.FindUnfinishedAsync(transaction, account, SeededDatabase.UserId, default)).ShouldNotBeNull();
        (await SyncStore.PauseAsync(transaction, account, SeededDatabase.UserId, Now, default)).ShouldBe(1);
    }

    [Fact]
    public async Task The_failures_of_a_sync_are_read_by_its_user_alone()
    {
        var store = new SyncStore(seeded.DataSource);
        Guid id;
        await using (var connection = await seeded.DataSource.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            id = (await SyncStore.InsertAsync(transaction, seeded.Accounts[23], SeededDatabase.UserId, null, 100, Now, default))!.Id;
            await transaction.Command("INSERT INTO mail_sync_errors (sync_id, message_id, error, at) VALUES ($1, 'm', 'unreadable', $2)", id, Now)
                .RunAsync(default);
            await transaction.CommitAsync();
        }

        (await store.ListFailuresAsync(id, OtherUser, default)).ShouldBeEmpty();
        (await store.ListFailuresAsync(id, SeededDatabase.UserId, default)).ShouldBe([new("m", "unreadable")]);
    }

    [Fact]
    public async Task An_authorization_is_used_up_by_its_user_alone()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = Guid.CreateVersion7(Now);
        await transaction.Command(
            """
            INSERT INTO account_connections (id, user_id, provider, state_hash, code_verifier, redirect_uri, created_at, expires_at)
            VALUES ($1, $2, 'microsoft', $3, '', 'https://edge.test/callback', $4, $4)
            """,
            id, SeededDatabase.UserId, new byte[32], Now).RunAsync(default);

        (await OAuthConnections.UseAsync(transaction, id, OtherUser, default)).ShouldBeFalse();
        (await OAuthConnections.UseAsync(transaction, id, SeededDatabase.UserId, default)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_changes_of_a_mailbox_are_followed_for_its_user_alone()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        (await AccountStore.FollowAsync(transaction, seeded.Accounts[24], OtherUser, default)).ShouldBe(0);
        (await AccountStore.FollowAsync(transaction, seeded.Accounts[24], SeededDatabase.UserId, default)).ShouldBe(1);
    }

    [Fact]
    public async Task A_tracked_mail_is_read_and_changed_by_its_user_alone()
    {
        await using var connection = await seeded.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var account = seeded.Accounts[25];
        var id = await AnyMailAsync(transaction, account);

        (await TrackedEmailStore.FindStateAsync(transaction, id, account, OtherUser, default)).ShouldBeNull();
        (await TrackedEmailStore.FindUnchangedAsync(transaction, id, account, OtherUser, default)).ShouldBeNull();
        (await TrackedEmailStore.FindUnchangedAsync(transaction, id, account, SeededDatabase.UserId, default)).ShouldNotBeNull();
        var mail = (await TrackedEmailStore.FindStateAsync(transaction, id, account, SeededDatabase.UserId, default)).ShouldNotBeNull();
        var stopped = mail with { Status = TrackedStatus.Stopped, StoppedAt = Now };
        var version = await VersionAsync();

        (await TrackedEmailStore.WriteAsync(transaction, id, account, OtherUser, stopped, Now, default)).ShouldBeNull();

        (await VersionAsync()).ShouldBe(version);
        (await TrackedEmailStore.WriteAsync(transaction, id, account, SeededDatabase.UserId, stopped, Now, default))
            .ShouldNotBeNull().Status.ShouldBe("stopped");
        (await VersionAsync()).ShouldBe(version + 1);

        Task<long> VersionAsync() => transaction.Command("SELECT data_version FROM mailboxes WHERE id = $1", account).ScalarAsync<long>(default);
    }

    [Fact]
    public async Task A_thread_is_read_by_its_user_alone()
    {
        var store = new TrackedEmailStore(seeded.DataSource, new(seeded.DataSource, TimeProvider.System), TimeProvider.System);
        var account = seeded.Accounts[1];
        var id = await seeded.DataSource.Command("SELECT id FROM tracked_emails WHERE account_id = $1 AND status = 'responded' LIMIT 1", account)
            .ScalarAsync<Guid>(default);

        (await store.ListThreadAsync(account, OtherUser, id, null, default)).ShouldBeEmpty();
        (await store.ListThreadAsync(account, SeededDatabase.UserId, id, null, default)).Select(entry => entry.Direction)
            .ShouldBe(["sent", "received"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Lists_hold_nothing_of_accounts_of_another_user(int count)
    {
        var accounts = await seeded.OwnedAsync([.. seeded.Accounts.Skip(26).Take(count)]);
        var query = ListQueries.Of(accounts with { UserId = OtherUser }) with { CountUpTo = 100 };

        var fast = await SelectTrackedEmails.ExecuteAsync(seeded.DataSource, seeded.Queries, query, default);
        var plain = await ScanTrackedEmails.ExecuteAsync(seeded.DataSource, seeded.Queries, query, default);

        (fast.Items.Count, fast.Total).ShouldBe((0, 0));
        (plain.Items.Count, plain.Total).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Stats_count_nothing_of_accounts_of_another_user()
    {
        await seeded.AnswerAsync(seeded.Accounts[28], seconds: 3, count: 2);
        var accounts = await seeded.OwnedAsync(seeded.Accounts[28], seeded.Accounts[29]);
        var query = new StatsQuery(accounts with { UserId = OtherUser }, new(SeededDatabase.End.AddDays(-90), SeededDatabase.End, "week"));

        var byDays = await DayStats.ReadAsync(seeded.DataSource, seeded.Queries, query, default);
        var byMails = await MailStats.ReadAsync(seeded.DataSource, seeded.Queries, query, default);

        (byDays.Summary.Sent, byDays.Buckets.Count, byDays.Domains.Count).ShouldBe((0, 0, 0));
        (byMails.Summary.Sent, byMails.Buckets.Count, byMails.Domains.Count).ShouldBe((0, 0, 0));
    }

    private static Task<Guid> AnyMailAsync(NpgsqlTransaction transaction, Guid account) =>
        transaction.Command("SELECT id FROM tracked_emails WHERE account_id = $1 AND status = 'active' LIMIT 1", account)
            .ScalarAsync<Guid>(default);
}
