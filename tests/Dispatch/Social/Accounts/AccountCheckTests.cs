using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Tests.Unit.Providers;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Accounts;

namespace Switchboard.Tests.Dispatch.Social.Accounts;

public sealed class AccountCheckTests(PostgresServer postgres) : AccountsTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task What_a_platform_says_of_an_account_is_kept()
    {
        var account = await AddAccountAsync(new("a"));
        Check = _ => Task.FromResult(new AccountCheck("ann2", "Ann", new(3, 50, Time.GetUtcNow().AddHours(1))));

        (await CheckAsync(account)).ShouldBe(JobOutcome.Done);

        (await ValueAsync("SELECT handle || display_name || (quota ->> 'used') FROM social_accounts WHERE id = $1", account.Id)).ShouldBe("ann2Ann3");
        (await Store.CapsAsync([(account.UserId, account.Id)], default))[account.Id].QuotaLeft.ShouldBe(47);
    }

    [Theory]
    [InlineData(FailureKind.Transient, false, "active")]
    [InlineData(FailureKind.Throttled, false, "active")]
    [InlineData(FailureKind.Permanent, false, "active")]
    [InlineData(FailureKind.Unauthorized, true, "active")]
    [InlineData(FailureKind.AccountBlocked, false, "suspended")]
    public async Task Only_what_is_said_of_the_account_itself_changes_its_state(FailureKind kind, bool isLast, string state)
    {
        var account = await AddAccountAsync(new("a"));
        Check = _ => throw new ProviderException(kind, "because");

        var outcome = await CheckAsync(account, isLast);

        outcome.ShouldBe(kind == FailureKind.Transient ? JobOutcome.Retry("because") : JobOutcome.Done);
        (await StateAsync(account)).ShouldBe(state);
    }

    [Theory]
    [InlineData("needs-authorization", "active")]
    [InlineData("connecting", "active")]
    [InlineData("paused", "paused")]
    [InlineData("suspended", "suspended")]
    public async Task A_check_that_succeeds_restores_what_no_person_has_paused_or_locked(string state, string expected)
    {
        var account = await AddAccountAsync(new("a"), state);

        await CheckAsync(account);

        (await StateAsync(account)).ShouldBe(expected);
    }

    [Fact]
    public async Task Nothing_but_a_person_takes_an_account_out_of_paused_and_suspended()
    {
        foreach (var state in new[] { AccountStates.Paused, AccountStates.Suspended })
        {
            var account = await AddAccountAsync(new("a"), state);
            await using var connection = await Database.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            (await Store.ChangeStateAsync(transaction, account.UserId, account.Id, AccountStates.Limited, "x", Time.GetUtcNow(), default))
                .ShouldBeFalse();
            await transaction.CommitAsync();
            (await StateAsync(account)).ShouldBe(state);
        }
    }

    [Fact]
    public async Task Warm_ups_and_limits_that_are_over_end_and_checks_that_are_due_are_staged()
    {
        var (warmed, warming) = (await AddAccountAsync(new("a"), "warming"), await AddAccountAsync(new("a"), "warming"));
        var (limited, cold) = (await AddAccountAsync(new("a"), "limited"), await AddAccountAsync(new("a"), "limited"));
        var due = await AddAccountAsync(new("a"));
        var now = Time.GetUtcNow();
        await ExecuteAsync("UPDATE social_accounts SET warmup_ends_at = $2 WHERE id = $1", warmed.Id, now.AddSeconds(-1));
        await ExecuteAsync("UPDATE social_accounts SET warmup_ends_at = $2 WHERE id = $1", warming.Id, now.AddDays(1));
        await ExecuteAsync("UPDATE social_accounts SET state_until = $2 WHERE id = $1", limited.Id, now.AddSeconds(-1));
        await ExecuteAsync("UPDATE social_accounts SET state_until = $2, warmup_ends_at = $3 WHERE id = $1", cold.Id, now.AddSeconds(-1), now.AddDays(1));
        await ExecuteAsync("UPDATE social_accounts SET next_health_check_at = $2 WHERE id = $1", due.Id, now.AddSeconds(-1));

        (await RunAsync<ReviewAccounts, ReviewAccountsHandler>(new(Guid.CreateVersion7()))).ShouldBe(JobOutcome.Done);

        (await StateAsync(warmed)).ShouldBe("active");
        (await StateAsync(warming)).ShouldBe("warming");
        (await StateAsync(limited)).ShouldBe("active");
        (await StateAsync(cold)).ShouldBe("warming");
        (await ValueAsync("SELECT reason FROM social_account_states WHERE account_id = $1", warmed.Id)).ShouldBe("Its warm-up has ended.");
        (await ValueAsync(
            "SELECT count(*) FROM scheduled_jobs WHERE type = 'check-account-health' AND payload::text LIKE '%' || $1::text || '%'", due.Id))
            .ShouldBe(1L);
        (await ValueAsync("SELECT next_health_check_at > $2 FROM social_accounts WHERE id = $1", due.Id, now.AddMinutes(600))).ShouldBe(true);
    }

    [Fact]
    public async Task A_proxy_is_down_after_failures_in_a_row_and_up_by_one_success_and_its_accounts_know()
    {
        Answer = (context, _) => JsonAsync(context, 404, "{}");
        var account = await AddAccountAsync(new("a"));
        var proxy = LocalProxy.Http();
        await ExecuteAsync(
            """
            INSERT INTO social_proxies (id, user_id, name, scheme, host, port, next_check_at, created_at, updated_at)
            VALUES ($1, $1, 'office', 'http', '127.0.0.1', $2, now(), now(), now())
            """,
            account.Id, proxy.Port);
        await ExecuteAsync("INSERT INTO social_groups (id, user_id, name, proxy_id, created_at, updated_at) VALUES ($1, $1, 'all', $1, now(), now())", account.Id);
        await ExecuteAsync("INSERT INTO social_group_members (user_id, group_id, account_id) VALUES ($1, $1, $1)", account.Id);

        await CheckProxyAsync();
        (await StateOfProxyAsync()).ShouldBe("up 0");
        proxy.Requests.ShouldBe(1);

        await proxy.DisposeAsync();
        await CheckProxyAsync();
        (await StateOfProxyAsync()).ShouldBe("up 1");
        await CheckProxyAsync();
        (await StateOfProxyAsync()).ShouldBe("down 2");
        var waiting = (await Store.FindAsync(account.UserId, account.Id, default)).ShouldNotBeNull();
        waiting.Proxy.ShouldNotBeNull("that of its group").IsDown.ShouldBeTrue();
        (await ValueAsync(
            "SELECT count(*) FROM scheduled_jobs WHERE type = 'monitor-health' AND payload::text LIKE '%' || $1::text || '%'", account.Id))
            .ShouldBe(2L, "its health is computed again when the proxy came up, and when it went down");
        var asked = Asked.Count;
        (await Should.ThrowAsync<ProviderException>(() => Services.GetRequiredService<SocialHttp>().For(waiting).GetAsync("2/users/me")))
            .Failure.Code.ShouldBe(SocialFailures.ProxyDown);
        Asked.Count.ShouldBe(asked, "nothing went out without it");

        await using var again = LocalProxy.Socks5();
        await ExecuteAsync("UPDATE social_proxies SET scheme = 'socks5', port = $2 WHERE id = $1", account.Id, again.Port);
        await CheckProxyAsync();
        (await StateOfProxyAsync()).ShouldBe("up 0");
        (await ValueAsync("SELECT count(*) FROM social_proxy_checks WHERE proxy_id = $1 AND error IS NULL", account.Id)).ShouldBe(2L);

        async Task CheckProxyAsync()
        {
            await ExecuteAsync("UPDATE social_proxies SET next_check_at = now() - interval '1 second', version = version + 1 WHERE id = $1", account.Id);
            await RunAsync<CheckProxies, CheckProxiesHandler>(new(Guid.CreateVersion7()));
        }

        async Task<string> StateOfProxyAsync() =>
            (string)(await ValueAsync("SELECT state || ' ' || consecutive_failures FROM social_proxies WHERE id = $1", account.Id))!;
    }

    [Fact]
    public async Task A_disconnected_account_is_revoked_at_its_platform_through_its_proxy_or_not_at_all()
    {
        Answer = (context, _) => JsonAsync(context, 200, "{}");
        var (first, second) = (await AddAccountAsync(new("a", "refresh-1")), await AddAccountAsync(new("a", "refresh-2")));
        foreach (var account in new[] { first, second })
            await EndAsync(account);
        await ExecuteAsync("UPDATE social_account_endings SET proxy_id = gen_random_uuid() WHERE account_id = $1", second.Id);

        (await RunAsync<EndSocialAccount, EndSocialAccountHandler>(new(Guid.CreateVersion7(), first.UserId, first.Id))).ShouldBe(JobOutcome.Done);
        (await RunAsync<EndSocialAccount, EndSocialAccountHandler>(new(Guid.CreateVersion7(), second.UserId, second.Id))).ShouldBe(JobOutcome.Done);

        Asked.ShouldBe(["POST /2/oauth2/revoke token=refresh-1&client_id=client"], ignoreOrder: false, "the proxy of the second is gone");
        (await ValueAsync("SELECT count(*) FROM social_account_endings")).ShouldBe(0L);
        (await Store.FindAsync(first.UserId, first.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_with_half_a_character_is_given_up_in_the_end_and_keeps_no_user()
    {
        Answer = (context, _) => JsonAsync(context, 500, """{"error":"\ud800"}""");
        var account = await AddAccountAsync(new("a", "refresh"));
        await EndAsync(account);
        var job = new EndSocialAccount(Guid.CreateVersion7(), account.UserId, account.Id);

        (await RunAsync<EndSocialAccount, EndSocialAccountHandler>(job)).ShouldBeOfType<JobOutcome.RetryOutcome>();
        (await RunAsync<EndSocialAccount, EndSocialAccountHandler>(job, isLast: true)).ShouldBe(JobOutcome.Done);

        (await ValueAsync("SELECT count(*) FROM social_account_endings")).ShouldBe(0L);
    }

    private async Task EndAsync(SocialAccount account)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        (await SocialDisconnection.RunAsync(transaction, account.UserId, account.Id, Time.GetUtcNow(), default)).Ids.ShouldBe([account.Id]);
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task A_post_that_loses_an_account_ends_as_what_is_left_of_it_says()
    {
        Answer = (context, _) => JsonAsync(context, 200, "{}");
        var account = await AddAccountAsync(new("a", "refresh"));
        var other = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, created_at, updated_at)
            VALUES ($1, $2, 'x', $1::text, 'bob', '\x00', 'active', now(), now(), now())
            """,
            other, account.Id);
        var (alone, queued, done, half, draft) = (
            await PostAsync("scheduled", (account.Id, "pending")), await PostAsync("scheduled", (account.Id, "pending")),
            await PostAsync("publishing", (account.Id, "waiting"), (other, "published")),
            await PostAsync("scheduled", (account.Id, "pending"), (other, "pending")), await PostAsync("draft", (account.Id, "draft")));
        await ExecuteAsync("UPDATE social_posts SET queue_position = 1 WHERE id = $1", queued);
        await using (var connection = await Database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await SocialDisconnection.RunAsync(transaction, account.UserId, account.Id, Time.GetUtcNow(), default);
            await transaction.CommitAsync();
        }

        (await RunAsync<EndSocialAccount, EndSocialAccountHandler>(new(Guid.CreateVersion7(), account.UserId, account.Id))).ShouldBe(JobOutcome.Done);

        foreach (var (post, expected) in new[]
        {
            (alone, "cancelled"), (queued, "cancelled"), (done, "published"), (half, "scheduled"), (draft, "draft"),
        })
            (await ValueAsync("SELECT state FROM social_posts WHERE id = $1", post)).ShouldBe(expected);
        (await ValueAsync("SELECT count(*) FROM social_posts WHERE user_id = $1 AND queue_position IS NOT NULL", account.UserId)).ShouldBe(0L);
        (await ValueAsync("SELECT count(*) FROM social_posts WHERE user_id = $1 AND finished_at IS NOT NULL", account.UserId)).ShouldBe(3L);

        async Task<Guid> PostAsync(string state, params (Guid Account, string State)[] targets)
        {
            var id = Guid.CreateVersion7();
            await ExecuteAsync(
                """
                INSERT INTO social_posts (id, user_id, content, targets, state, scheduled_at, created_at, updated_at)
                VALUES ($1, $2, '{"text": "Hello"}', '{}', $3, now(), now(), now())
                """,
                id, account.UserId, state);
            foreach (var target in targets)
            {
                await ExecuteAsync(
                    """
                    INSERT INTO social_post_targets (id, user_id, post_id, account_id, platform, state, created_at, updated_at)
                    VALUES (gen_random_uuid(), $1, $2, $3, 'x', $4, now(), now())
                    """,
                    account.UserId, id, target.Account, target.State);
            }

            return id;
        }
    }

    [Fact]
    public async Task A_user_with_many_proxies_does_not_keep_those_of_others_waiting()
    {
        var (many, few, now) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Time.GetUtcNow());
        foreach (var user in new[] { many, few })
            await AddUserAsync(user);
        await ExecuteAsync(
            """
            INSERT INTO social_proxies (id, user_id, name, scheme, host, port, next_check_at, created_at, updated_at)
            SELECT gen_random_uuid(), CASE WHEN n <= 60 THEN $1 ELSE $2 END, n::text, 'http', '127.0.0.1', 1,
                $3 - interval '1 hour' + n * interval '1 second', now(), now()
            FROM generate_series(1, 62) AS n
            """,
            many, few, now);

        var claimed = await Services.GetRequiredService<SocialProxyStore>().ClaimAsync(now, now.AddHours(1), 10, default);

        claimed.CountBy(proxy => proxy.UserId).ToDictionary().ShouldBe(new Dictionary<Guid, int> { [many] = 8, [few] = 2 }, ignoreOrder: true);
    }
}
