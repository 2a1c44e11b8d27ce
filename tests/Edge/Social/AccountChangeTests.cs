using System.Net;
using System.Text.Json.Nodes;
using Npgsql;

namespace Switchboard.Tests.Edge.Social;

/// <summary>Changes of accounts and posts that meet others: each waits for the other, and none undoes it.</summary>
public sealed class AccountChangeTests(EdgeProcess edge) : SocialTest(edge), IClassFixture<EdgeProcess>
{
    [Fact]
    public async Task Of_two_changes_of_an_account_neither_undoes_the_other()
    {
        var id = (await AccountsAsync("x"))[0];
        await using var connection = await Edge.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(transaction, $"UPDATE social_accounts SET tags = '{{first}}' WHERE id = '{id}'");

        var second = SendAsync(HttpMethod.Patch, $"/api/accounts/social/{id}", HttpStatusCode.OK, new { dailyCap = 5 });
        await SomebodyWaitsAsync();
        await transaction.CommitAsync();

        var changed = await second;
        (changed["tags"]!.ToJsonString(), (int)changed["dailyCap"]!).ShouldBe(("""["first"]""", 5));
    }

    [Fact]
    public async Task A_change_that_does_not_name_the_warm_up_leaves_its_end_where_it_is()
    {
        var id = (await AccountsAsync("x"))[0];
        await Edge.ExecuteAsync(
            $$"""
            INSERT INTO warmup_protocols (id, user_id, name, steps, created_at, updated_at)
            VALUES ('{{id}}', '{{User}}', 'longer by now', '[{"days": 90, "cap": 2}]', now(), now());
            UPDATE social_accounts SET warmup_protocol_id = id, warmup_started_at = now() - interval '10 days',
                warmup_ends_at = now() - interval '1 day' WHERE id = '{{id}}'
            """);
        var before = (string)(await GetAsync($"/api/accounts/social/{id}"))["warmup"]!["endsAt"]!;

        var changed = await SendAsync(HttpMethod.Patch, $"/api/accounts/social/{id}", HttpStatusCode.OK, new { tags = new[] { "news" } });

        ((string)changed["warmup"]!["endsAt"]!).ShouldBe(before);
        await PostAsync($"/api/accounts/social/{id}/pause", HttpStatusCode.OK);
        ((string)(await PostAsync($"/api/accounts/social/{id}/resume", HttpStatusCode.OK))["state"]!).ShouldBe("active");
    }

    [Fact]
    public async Task A_pause_does_not_end_the_limit_of_a_platform()
    {
        var id = (await AccountsAsync("x"))[0];
        await Edge.ExecuteAsync($"UPDATE social_accounts SET state = 'limited', state_until = now() + interval '1 hour' WHERE id = '{id}'");

        await PostAsync($"/api/accounts/social/{id}/pause", HttpStatusCode.OK);
        var resumed = await PostAsync($"/api/accounts/social/{id}/resume", HttpStatusCode.OK);

        ((string)resumed["state"]!, resumed["stateUntil"] is not null).ShouldBe(("limited", true));
        await Edge.ExecuteAsync($"UPDATE social_accounts SET state = 'paused', state_until = now() WHERE id = '{id}'");
        ((string)(await PostAsync($"/api/accounts/social/{id}/resume", HttpStatusCode.OK))["state"]!).ShouldBe("active");
    }

    [Fact]
    public async Task What_a_change_names_and_is_deleted_at_the_same_moment_is_a_conflict_and_no_error_of_ours()
    {
        var id = (await AccountsAsync("x"))[0];
        var proxy = Guid.CreateVersion7();
        await Edge.ExecuteAsync(
            $"""
            INSERT INTO social_proxies (id, user_id, name, scheme, host, port, next_check_at, created_at, updated_at)
            VALUES ('{proxy}', '{User}', 'office', 'http', 'proxy.example', 3128, now(), now(), now())
            """);
        await using var connection = await Edge.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(transaction, $"SELECT FROM social_accounts WHERE id = '{id}' FOR UPDATE");

        var change = SendAsync(HttpMethod.Patch, $"/api/accounts/social/{id}", HttpStatusCode.Conflict, new { proxyId = proxy });
        await SomebodyWaitsAsync();
        await Edge.ExecuteAsync($"DELETE FROM social_proxies WHERE id = '{proxy}'");
        await transaction.CommitAsync();

        ((string)(await change)["detail"]!).ShouldContain("at the same moment");
    }

    [Fact]
    public async Task What_a_proxy_is_shown_at_one_place_is_not_shown_at_another()
    {
        var proxy = Guid.CreateVersion7();
        await Edge.ExecuteAsync(
            $"""
            INSERT INTO social_proxies (id, user_id, name, scheme, host, port, credentials, next_check_at, created_at, updated_at)
            VALUES ('{proxy}', '{User}', 'office', 'http', 'proxy.example', 3128, '\x00', now(), now(), now())
            """);
        var path = $"/api/proxies/{proxy}";

        foreach (var moved in new object[] { new { host = "other.example" }, new { port = 3129 }, new { scheme = "https" } })
            Fields(await SendAsync(HttpMethod.Patch, path, HttpStatusCode.BadRequest, moved)).ShouldBe(["userName"]);

        await SendAsync(HttpMethod.Patch, path, HttpStatusCode.OK, new { name = "another name" });
        var named = await SendAsync(HttpMethod.Patch, path, HttpStatusCode.OK, new { host = "other.example", userName = "u", password = "p" });
        ((string)named["host"]!, (bool)named["hasCredentials"]!).ShouldBe(("other.example", true));
        await SendAsync(HttpMethod.Patch, path, HttpStatusCode.OK, new { port = 3129, userName = (string?)null });
    }

    [Fact]
    public async Task A_post_that_joins_a_queue_waits_for_the_schedule_before_it_holds_itself()
    {
        var accounts = await AccountsAsync("x");
        var schedule = await ScheduleAsync("Mornings", "09:30");
        var post = (string)(await PostAsync("/api/posts", HttpStatusCode.Created, new
        {
            content = new { text = "Hello" },
            targets = new { accounts },
            scheduledAt = TimeProvider.System.GetUtcNow().AddHours(3),
        }))["id"]!;
        await using var connection = await Edge.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // as process-schedule does: the schedule, and then the first post of its queue
        await ExecuteAsync(transaction, $"SELECT FROM social_schedules WHERE id = '{schedule}' FOR NO KEY UPDATE");

        var change = SendAsync(HttpMethod.Patch, $"/api/posts/{post}", HttpStatusCode.OK, new { scheduleId = schedule });
        await SomebodyWaitsAsync();

        await Should.NotThrowAsync(ExecuteAsync(transaction, $"SELECT FROM social_posts WHERE id = '{post}' FOR NO KEY UPDATE NOWAIT"));
        await transaction.CommitAsync();
        ((long)(await change)["queuePosition"]!).ShouldBe(1);
    }

    [Fact]
    public async Task A_post_that_is_cancelled_while_its_queue_is_put_in_another_order_does_not_come_back()
    {
        var accounts = await AccountsAsync("x");
        var schedule = await ScheduleAsync("Noons", "12:30");
        var posts = new List<string>();
        foreach (var text in (string[])["The first one", "Another one that follows"])
        {
            posts.Add((string)(await PostAsync("/api/posts", HttpStatusCode.Created, new
            {
                content = new { text },
                targets = new { accounts },
                scheduleId = schedule,
            }))["id"]!);
        }

        await using var connection = await Edge.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // as a cancel does, which holds the post and not the schedule
        await ExecuteAsync(transaction, $"UPDATE social_posts SET queue_position = NULL, state = 'cancelled', finished_at = now() WHERE id = '{posts[1]}'");

        var reorder = SendAsync(HttpMethod.Put, $"/api/schedules/{schedule}/queue", HttpStatusCode.Conflict, new { posts = posts.AsEnumerable().Reverse() });
        await SomebodyWaitsAsync();
        await transaction.CommitAsync();

        ((string)(await reorder)["detail"]!).ShouldContain(posts[1]);
        (await CountAsync($"social_posts WHERE id = '{posts[1]}' AND queue_position IS NULL")).ShouldBe(1);
        (await GetAsync($"/api/schedules/{schedule}/queue"))["items"]!.AsArray().Select(item => (string)item!["postId"]!).ShouldBe([posts[0]]);
    }

    [Fact]
    public async Task Histories_and_queues_have_numbered_pages_with_their_totals_too()
    {
        var id = (await AccountsAsync("x"))[0];
        await Edge.ExecuteAsync(
            $"""
            INSERT INTO social_account_states (account_id, at, state)
            SELECT '{id}', now() - n * interval '1 hour', 'active' FROM generate_series(1, 3) AS n;
            INSERT INTO social_health_history (account_id, at, score) SELECT '{id}', now() - n * interval '1 hour', n FROM generate_series(1, 3) AS n;
            """);
        var schedule = await ScheduleAsync("Evenings", "20:30");
        for (var number = 1; number <= 3; number++)
        {
            await PostAsync("/api/posts", HttpStatusCode.Created, new
            {
                content = new { text = $"Hello {number}" },
                targets = new { accounts = new[] { id } },
                scheduleId = schedule,
                allowDuplicates = true,
            });
        }

        foreach (var list in (string[])[
            $"/api/accounts/social/{id}/history", $"/api/health/accounts/{id}/history", $"/api/schedules/{schedule}/queue"])
        {
            var page = await GetAsync($"{list}?page=2&limit=2");
            ((int)page["page"]!, (int)page["total"]!, page["items"]!.AsArray().Count).ShouldBe((2, 3, 1), list);
            var first = await GetAsync($"{list}?limit=2");
            var rest = await GetAsync($"{list}?limit=2&cursor={first["nextCursor"]}");
            JsonNode.DeepEquals(rest["items"], page["items"]).ShouldBeTrue($"{list}: {rest} {page}");
            await SendAsync(HttpMethod.Get, list.Replace(list.Split('/')[^2], $"{Guid.CreateVersion7()}", StringComparison.Ordinal), HttpStatusCode.NotFound);
        }
    }

    // a statement of the edge waits for what the test holds
    private async Task SomebodyWaitsAsync()
    {
        while (await CountAsync("pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlTransaction transaction, string sql)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        await command.ExecuteNonQueryAsync();
    }
}
