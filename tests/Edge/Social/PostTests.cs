using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge.Social;

/// <summary>Posts over the API, from their making to their end.</summary>
public sealed class PostTests(SharedEdge edge) : SocialTest(edge)
{
    private static readonly DateTimeOffset Later = TimeProvider.System.GetUtcNow().AddHours(3).ToStorable();

    [Fact]
    public async Task A_post_waits_for_its_time_at_each_account_once_and_is_found_by_what_it_is()
    {
        var accounts = await AccountsAsync("mastodon", 3);
        var group = await GroupAsync(accounts[1..]);
        var made = await PostAsync("/api/posts", HttpStatusCode.Created, new
        {
            content = new { text = "A post that waits", platforms = new { mastodon = new { text = "For those at Mastodon" } } },
            targets = new { accounts = accounts[..2], groups = new[] { group } },
            scheduledAt = Later,
            tags = new[] { "spring" },
            metadata = new { campaign = "c1" },
        });

        var id = (string)made["id"]!;
        ((string)made["state"]!, (int)made["version"]!).ShouldBe(("scheduled", 1));
        var post = await GetAsync($"/api/posts/{id}");
        JsonNode.DeepEquals(post, made).ShouldBeTrue($"{post} {made}");
        post["targets"]!.AsArray().Select(target => (Guid)target!["accountId"]!).ShouldBe(accounts, ignoreOrder: true);
        post["targets"]!.AsArray().ShouldAllBe(target => (string)target!["state"]! == "pending" && (DateTimeOffset)target["dueAt"]! == Later);
        (await CountAsync($"scheduled_jobs WHERE type = 'publish-post' AND state = 'delayed' AND payload->>'userId' = '{User}'")).ShouldBe(3);

        foreach (var query in (string[])[
            "state=scheduled", $"accountId={accounts[2]}", "tag=spring", "metadata=campaign:c1", $"from={Later.AddMinutes(-1):O}&to={Later.AddMinutes(1):O}"])
            (await GetAsync($"/api/posts?{query.Replace("+", "%2B", StringComparison.Ordinal)}"))["items"]!.AsArray().Select(item => (string)item!["id"]!)
                .ShouldBe([id], query);
        foreach (var query in (string[])["state=draft", $"accountId={Guid.CreateVersion7()}", "tag=winter", "metadata=campaign:c2", $"to={Later.AddMinutes(-1):O}"])
            (await GetAsync($"/api/posts?{query.Replace("+", "%2B", StringComparison.Ordinal)}"))["items"]!.AsArray().ShouldBeEmpty(query);
        var page = await GetAsync("/api/posts?page=1&limit=1");
        ((int)page["total"]!, (int)page["items"]![0]!["targetStates"]!["pending"]!).ShouldBe((1, 3));
    }

    [Fact]
    public async Task Until_it_is_sent_a_post_is_changed_and_armed_again_and_from_then_on_it_is_fixed()
    {
        var accounts = await AccountsAsync("bluesky", 3);
        var id = await MakeAsync("To be changed", accounts[..2]);
        await PatchAsync(id, HttpStatusCode.PreconditionFailed, new { content = new { text = "Lost" } }, "\"7\"");
        await PatchAsync(id, HttpStatusCode.Conflict, new { content = new { text = "Lost" }, version = 7 });

        var changed = await PatchAsync(
            id, HttpStatusCode.OK, new { content = new { text = "Changed" }, targets = new { accounts = accounts[1..] }, scheduledAt = Later.AddHours(1) }, "\"1\"");
        ((string)changed["content"]!["text"]!, (int)changed["version"]!).ShouldBe(("Changed", 2));
        changed["targets"]!.AsArray().Select(target => (Guid)target!["accountId"]!).ShouldBe(accounts[1..], ignoreOrder: true);
        changed["targets"]!.AsArray().ShouldAllBe(target => (DateTimeOffset)target!["dueAt"]! == Later.AddHours(1));
        // the jobs that the targets wait for are those of the new time
        (await CountAsync(
            $"scheduled_jobs AS j JOIN social_post_targets AS t ON t.job_id = j.id WHERE t.post_id = '{id}' AND j.due_at = t.due_at")).ShouldBe(2);

        await Edge.ExecuteAsync($"UPDATE social_post_targets SET state = 'sending' WHERE post_id = '{id}' AND account_id = '{accounts[1]}'");
        var refused = await PatchAsync(id, HttpStatusCode.Conflict, new { content = new { text = "Too late" } });
        (TypeOf(refused), (string)refused["detail"]!).ShouldBe(
            ("post-fixed", "1 of its 2 targets are being sent, or were: what it says is fixed. Cancel the rest, and make a new post."));
        ((string)(await GetAsync($"/api/posts/{id}"))["content"]!["text"]!).ShouldBe("Changed");
        await PatchAsync(id, HttpStatusCode.OK, new { tags = new[] { "late" } });
        await SendAsync(HttpMethod.Delete, $"/api/posts/{id}", HttpStatusCode.Conflict);

        // what is not sent is cancelled still
        var cancelled = await PostAsync($"/api/posts/{id}/cancel", HttpStatusCode.OK);
        ((string)cancelled["state"]!, (int)cancelled["targetStates"]!["sending"]!, (int)cancelled["targetStates"]!["cancelled"]!).ShouldBe(("publishing", 1, 1));
    }

    [Fact]
    public async Task A_draft_goes_out_when_it_is_said_and_what_failed_again()
    {
        var accounts = await AccountsAsync("x");
        var draft = await PostAsync("/api/posts", HttpStatusCode.Created, new { content = new { text = new string('x', 281) }, targets = new { accounts }, draft = true });
        var id = (string)draft["id"]!;
        ((string)draft["state"]!, (string)draft["targets"]![0]!["state"]!).ShouldBe(("draft", "draft"));
        var tooLong = await PostAsync($"/api/posts/{id}/publish", HttpStatusCode.BadRequest);
        Fields(tooLong).ShouldBe(["content.text"]);
        await PatchAsync(id, HttpStatusCode.OK, new { content = new { text = "Short enough for X" } });
        await PostAsync($"/api/posts/{id}/retry", HttpStatusCode.Conflict);

        var published = await PostAsync($"/api/posts/{id}/publish", HttpStatusCode.OK);
        ((string)published["state"]!, (string)published["targets"]![0]!["state"]!).ShouldBe(("scheduled", "pending"));
        ((DateTimeOffset)published["scheduledAt"]!).ShouldBeLessThan(TimeProvider.System.GetUtcNow().AddMinutes(1));

        await Edge.ExecuteAsync(
            $"UPDATE social_post_targets SET state = 'failed', attempts = 3 WHERE post_id = '{id}'; UPDATE social_posts SET state = 'failed' WHERE id = '{id}'");
        var again = await PostAsync($"/api/posts/{id}/retry", HttpStatusCode.OK);
        ((string)again["targets"]![0]!["state"]!).ShouldBe("pending");
        (await CountAsync($"social_post_targets WHERE post_id = '{id}' AND attempt_limit > attempts")).ShouldBe(1);

        // a text that was changed after it failed has its attempts too
        await Edge.ExecuteAsync(
            $"UPDATE social_post_targets SET state = 'failed', attempts = 6 WHERE post_id = '{id}'; UPDATE social_posts SET state = 'failed' WHERE id = '{id}'");
        ((string)(await PatchAsync(id, HttpStatusCode.OK, new { content = new { text = "Another text for X" } }))["state"]!).ShouldBe("draft");
        await PostAsync($"/api/posts/{id}/publish", HttpStatusCode.OK);
        (await CountAsync($"social_post_targets WHERE post_id = '{id}' AND state = 'pending' AND attempt_limit = 9")).ShouldBe(1);
    }

    [Fact]
    public async Task Of_what_is_unknown_a_person_says_what_became_and_what_is_published_is_deleted_where_that_can_be()
    {
        var (x, instagram) = ((await AccountsAsync("x", 2)), await AccountsAsync("instagram"));
        var id = await MakeAsync("Unknown at first", x);
        await Edge.ExecuteAsync(
            $"""
            UPDATE social_post_targets SET state = 'unknown', reason = 'needs-person', attempts = 1, sent_at = now() WHERE post_id = '{id}';
            INSERT INTO social_attempts (target_id, number, state, began_at) SELECT id, 1, 'unknown', now() FROM social_post_targets WHERE post_id = '{id}';
            """);
        var targets = (await GetAsync($"/api/posts/{id}"))["targets"]!.AsArray().Select(target => (string)target!["id"]!).ToList();

        Fields(await PostAsync($"/api/posts/{id}/targets/{targets[0]}/settle", HttpStatusCode.BadRequest, new { outcome = "perhaps" })).ShouldBe(["outcome"]);
        await PostAsync($"/api/posts/{id}/targets/{Guid.CreateVersion7()}/settle", HttpStatusCode.NotFound, new { outcome = "published" });
        await PostAsync($"/api/posts/{id}/targets/{targets[0]}/settle", HttpStatusCode.OK, new { outcome = "published", url = "https://x.test/1" });
        var settled = await PostAsync($"/api/posts/{id}/targets/{targets[1]}/settle", HttpStatusCode.OK, new { outcome = "not-published" });
        ((string)settled["state"]!).ShouldBe("partly");
        var first = settled["targets"]!.AsArray().Single(target => (string)target!["id"]! == targets[0])!;
        ((string)first["state"]!, (string)first["url"]!, (string)first["attempts"]![0]!["settledBy"]!).ShouldBe(("published", "https://x.test/1", "person"));
        await PostAsync($"/api/posts/{id}/targets/{targets[1]}/settle", HttpStatusCode.Conflict, new { outcome = "published" });

        await Edge.ExecuteAsync($"UPDATE social_post_targets SET remote_id = '1' WHERE post_id = '{id}' AND state = 'published'");
        await Edge.ExecuteAsync($"UPDATE social_accounts SET state = 'needs-authorization' WHERE user_id = '{User}' AND platform = 'x'");
        ((string)(await PostAsync($"/api/posts/{id}/delete-published", HttpStatusCode.Conflict))["detail"]!)
            .ShouldContain("Connect again at POST /api/accounts/social");
        (await CountAsync($"social_post_targets WHERE post_id = '{id}' AND state = 'published' AND error IS NULL")).ShouldBe(1);
        await Edge.ExecuteAsync($"UPDATE social_accounts SET state = 'active' WHERE user_id = '{User}' AND platform = 'x'");
        await PostAsync($"/api/posts/{id}/delete-published", HttpStatusCode.OK);
        (await CountAsync($"scheduled_jobs WHERE type = 'delete-post' AND payload->>'targetId' = '{targets[0]}'")).ShouldBe(1);
        ((string)(await SendAsync(HttpMethod.Delete, $"/api/posts/{id}", HttpStatusCode.Conflict))["detail"]!).ShouldContain("being deleted at its platform");
        (await CountAsync($"social_post_targets WHERE id = '{targets[0]}' AND reason = 'deleting'")).ShouldBe(1, "the job that deletes it finds it still");

        await Edge.ExecuteAsync($"UPDATE social_post_targets SET account_id = '{instagram[0]}', platform = 'instagram', reason = NULL WHERE id = '{targets[0]}'");
        ((string)(await PostAsync($"/api/posts/{id}/delete-published", HttpStatusCode.Conflict))["detail"]!).ShouldContain("Instagram");
        await SendAsync(HttpMethod.Delete, $"/api/posts/{id}", HttpStatusCode.NoContent);
        (await CountAsync($"social_attempts WHERE target_id = '{targets[0]}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_post_that_had_a_slot_of_a_schedule_joins_the_queue_of_another_one()
    {
        var accounts = await AccountsAsync("x");
        var posts = new List<string>();
        foreach (var name in (string[])["Mornings", "Evenings, when it is late"])
        {
            var schedule = await ScheduleAsync(name, "09:30");
            var post = (string)(await PostAsync("/api/posts", HttpStatusCode.Created, new { content = new { text = name }, targets = new { accounts }, scheduleId = schedule }))["id"]!;
            posts.Add(post);
        }

        // both have a slot of the same time, for which they are made a little ahead
        await Edge.ExecuteAsync(
            $"UPDATE social_posts SET queue_position = NULL, occurrence_at = '2031-03-03T09:30Z', scheduled_at = '2031-03-03T09:30Z' WHERE user_id = '{User}'");
        var other = (string)(await GetAsync($"/api/posts/{posts[1]}"))["scheduleId"]!;

        var changed = await PatchAsync(posts[0], HttpStatusCode.OK, new { scheduleId = other });

        ((string)changed["scheduleId"]!, (long)changed["queuePosition"]!).ShouldBe((other, 1));
        await PatchAsync(posts[1], HttpStatusCode.OK, new { content = new { text = "It says another thing by now" } });
        (await CountAsync($"social_posts WHERE id = '{posts[1]}' AND occurrence_at IS NOT NULL")).ShouldBe(1, "its occurrence is not made once more");
    }

    [Fact]
    public async Task What_another_user_has_is_not_there_and_nothing_is_half_made()
    {
        var (other, _) = await Edge.NewUserAsync("social");
        var mine = await AccountsAsync("mastodon");
        var theirs = await AccountsAsync("mastodon", 1, other);
        var group = await GroupAsync(theirs, other);
        var nobody = Guid.CreateVersion7();

        foreach (var (targets, field, detail) in new (object, string, string)[]
        {
            (new { accounts = mine.Append(theirs[0]) }, "targets.accounts[1]", $"There is no account {theirs[0]}."),
            (new { accounts = mine.Append(nobody) }, "targets.accounts[1]", $"There is no account {nobody}."),
            (new { accounts = mine, groups = new[] { group } }, "targets.groups[0]", $"There is no group {group}."),
        })
        {
            var problem = await PostAsync("/api/posts", HttpStatusCode.BadRequest, new { content = new { text = "Mine" }, targets });
            (Fields(problem).Single(), (string)problem["errors"]![0]!["reason"]!).ShouldBe((field, detail));
        }

        var media = await PostAsync("/api/posts", HttpStatusCode.BadRequest, new { content = new { text = "Mine", media = new[] { nobody } }, targets = new { accounts = mine } });
        Fields(media).ShouldBe(["content.media"]);
        Fields(await PostAsync("/api/posts", HttpStatusCode.BadRequest, new { content = new { text = "Mine" }, scheduleId = nobody })).ShouldBe(["scheduleId"]);
        (await CountAsync($"social_posts WHERE user_id = '{User}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Too_many_targets_are_refused_at_once()
    {
        var many = await PostAsync("/api/posts", HttpStatusCode.BadRequest, new
        {
            content = new { text = "To all" },
            targets = new { accounts = Enumerable.Range(0, 5_000).Select(_ => Guid.CreateVersion7()) },
        });
        Fields(many).ShouldBe(["targets.accounts"]);
        ((string)many["detail"]!).ShouldContain("It has 5000 entries; 1000 are the most.");

        var group = await GroupAsync(await AccountsAsync("facebook", 1_001));
        var grouped = await PostAsync("/api/posts", HttpStatusCode.BadRequest, new { content = new { text = "To all" }, targets = new { groups = new[] { group } } });
        ((string)grouped["detail"]!).ShouldContain("more than 1000 targets");
        (await CountAsync($"social_posts WHERE user_id = '{User}'")).ShouldBe(0);
    }

    private async Task<string> MakeAsync(string text, IEnumerable<Guid> accounts) =>
        (string)(await PostAsync("/api/posts", HttpStatusCode.Created, new { content = new { text }, targets = new { accounts }, scheduledAt = Later }))["id"]!;

    private Task<JsonNode> PatchAsync(string id, HttpStatusCode expected, object body, string? ifMatch = null) =>
        SendAsync(HttpMethod.Patch, $"/api/posts/{id}", expected, body, null, ifMatch is null ? [] : [("If-Match", ifMatch)]);
}
