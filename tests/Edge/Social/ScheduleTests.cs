using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge.Social;

/// <summary>Schedules, their queues and the calendar through the API.</summary>
public sealed class ScheduleTests(SharedEdge edge)
{
    [Fact]
    public async Task Slots_are_made_read_changed_paused_resumed_and_deleted()
    {
        var (user, key) = await edge.NewUserAsync(Scope.Social);
        var made = await MakeAsync(key, Slots("Mornings", "Europe/Berlin", ("sunday", "02:30"), ("monday", "09:30")));
        var id = (string)made["id"]!;
        made["slots"]!.ToJsonString().ShouldBe("""[{"day":"monday","time":"09:30"},{"day":"sunday","time":"02:30"}]""");
        ((string)made["kind"]!, (string)made["missed"]!, made["next"]!.AsArray().Count).ShouldBe(("slots", "skip", 5));
        (await JobsAsync(id)).ShouldBe([$"1 {Ahead(made["nextAt"])}"], "the first of its queue may have media, which is prepared");

        var changed = await EdgeProcess.JsonAsync(await PatchAsync(key, id, new { name = "Evenings", slots = new[] { new { day = "friday", time = "20:00" } } }));
        ((string)changed["name"]!, changed["slots"]!.AsArray().Count).ShouldBe(("Evenings", 1));
        (await JobsAsync(id)).Last().ShouldBe($"2 {Ahead(changed["nextAt"])}");

        var paused = await PostAsync(key, $"/api/schedules/{id}/pause");
        ((bool)paused["isPaused"]!, paused["nextAt"], paused["next"]!.AsArray().Count).ShouldBe((true, null, 0));
        var resumed = await PostAsync(key, $"/api/schedules/{id}/resume");
        (Time(resumed["nextAt"]), (bool)resumed["isPaused"]!).ShouldBe((Time(changed["nextAt"]), false));
        (await JobsAsync(id)).Count(job => job.StartsWith('4')).ShouldBe(1, "the job of a version has its own id, though its time was armed before");

        (await edge.SendAsync(HttpMethod.Delete, key, $"/api/schedules/{id}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await edge.GetAsync(key, $"/api/schedules/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_occurrence_that_is_due_comes_though_the_schedule_is_changed_before_it_is_made()
    {
        var (_, key) = await edge.NewUserAsync(Scope.Social);
        var id = (string)(await MakeAsync(key, EachDay("Due")))["id"]!;
        await edge.ExecuteAsync($"UPDATE social_schedules SET next_at = date_trunc('second', now()) - interval '2 s' WHERE id = '{id}'");
        var due = Time((await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/schedules/{id}")))["nextAt"]);

        var renamed = await EdgeProcess.JsonAsync(await PatchAsync(key, id, new { name = "Due still", slots = EachDaySlots() }));
        var resumed = await PostAsync(key, $"/api/schedules/{id}/resume");

        (Time(renamed["nextAt"]), Time(resumed["nextAt"])).ShouldBe((due, due));
        var ahead = Time(DateTimeOffset.Parse($"{due}Z", System.Globalization.CultureInfo.InvariantCulture).AddMinutes(-1));
        (await JobsAsync(id))[^2..].ShouldBe([$"2 {ahead}", $"3 {ahead}"], "its job is that of the version that it has now");
        var moved = await EdgeProcess.JsonAsync(await PatchAsync(key, id, new { timeZone = "Europe/Berlin" }));
        Time(moved["nextAt"]).ShouldNotBe(due, "at other times that one is none");
    }

    [Fact]
    public async Task A_slot_that_its_day_leaves_out_is_told_with_the_time_that_it_should_have()
    {
        var (_, key) = await edge.NewUserAsync(Scope.Social);
        // the one Sunday of a year on which the clocks go forward is among the next hundred
        var id = (string)(await MakeAsync(key, Slots("Night", "Europe/Berlin", ("sunday", "02:30"))))["id"]!;

        var next = (await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/schedules/{id}/next?count=100")))["items"]!.AsArray();

        next.Count.ShouldBe(100);
        var moved = next.Where(one => one!["movedFrom"] is not null).ToList();
        moved.Count.ShouldBeInRange(1, 2);
        moved.ShouldAllBe(one => ((string)one!["movedFrom"]!).EndsWith("T02:30:00", StringComparison.Ordinal)
            && ((string)one["local"]!).EndsWith("T03:00:00+02:00", StringComparison.Ordinal));
        next.Where(one => one!["movedFrom"] is null).ShouldAllBe(one => ((string)one!["local"]!).Contains("T02:30:00+0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_schedule_must_not_be_is_told_field_by_field_and_nothing_is_made()
    {
        var (user, key) = await edge.NewUserAsync(Scope.Social);
        var (other, _) = await edge.NewUserAsync(Scope.Social);
        var (own, foreign) = (await AccountAsync(user), await AccountAsync(other));
        var start = TimeProvider.System.GetUtcNow().AddDays(1);
        var content = new { text = "Hello" };
        var targets = new { accounts = new[] { own } };
        foreach (var (body, field) in new (object, string)[]
        {
            (Slots("x", "Europe/Atlantis", ("monday", "09:30")), "timeZone"),
            (Slots("x", "UTC", ("someday", "09:30")), "slots[0].day"),
            (Slots("x", "UTC", ("monday", "24:30")), "slots[0].time"),
            (new { name = "x", timeZone = "UTC", slots = Array.Empty<object>() }, "slots"),
            (new { name = "x", timeZone = "UTC" }, "$"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start, every = 1, unit = "days" }, content, targets }, "recurrence.until"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start, every = 0, unit = "days", count = 3 }, content, targets }, "recurrence.every"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start, every = 1, unit = "years", count = 3 }, content, targets }, "recurrence.unit"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start, every = 1, unit = "days", until = start.AddYears(9) }, content, targets }, "recurrence.until"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start = start.AddDays(-9), every = 1, unit = "days", count = 2 }, content, targets }, "recurrence"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start, every = 1, unit = "days", count = 3 }, targets }, "content"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start, every = 1, unit = "days", count = 3 }, content }, "targets"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start, every = 1, unit = "days", count = 3 }, content, targets = new { accounts = new[] { own, foreign } } }, "targets.accounts[1]"),
            (new { name = "x", timeZone = "UTC", recurrence = new { start, every = 1, unit = "days", count = 3 }, content, targets = new { groups = new[] { Guid.CreateVersion7() } } }, "targets.groups[0]"),
        })
        {
            using var answer = await edge.PostAsync(key, "/api/schedules", body);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, field);
            (await EdgeProcess.JsonAsync(answer))["errors"]!.AsArray().Select(error => (string)error!["name"]!).ShouldContain(field);
        }

        (await EdgeProcess.JsonAsync(await edge.GetAsync(key, "/api/schedules?page=1")))["total"]!.GetValue<int>().ShouldBe(0);
        await MakeAsync(key, Slots("x", "UTC", ("monday", "09:30")));
        (await edge.PostAsync(key, "/api/schedules", Slots("x", "UTC", ("monday", "09:30")))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_queue_is_listed_with_its_slots_and_put_in_another_order()
    {
        var (user, key) = await edge.NewUserAsync(Scope.Social);
        var id = (string)(await MakeAsync(key, EachDay("Queue")))["id"]!;
        Guid[] posts = [.. Enumerable.Range(1, 4).Select(_ => Guid.CreateVersion7())];
        foreach (var (index, post) in posts.Index())
            await QueueAsync(user, id, post, index + 1);

        (await QueueOfAsync(key, id)).ShouldBe(posts);
        (await edge.SendAsync(HttpMethod.Put, key, $"/api/schedules/{id}/queue", JsonContent.Create(new { posts = new[] { posts[3], posts[1] } })))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await QueueOfAsync(key, id)).ShouldBe([posts[3], posts[1], posts[0], posts[2]]);
        (await TextsAsync($"SELECT queue_position::text FROM social_posts WHERE id IN ('{posts[0]}', '{posts[2]}') ORDER BY queue_position"))
            .ShouldBe(["1", "3"], "what is not named is not written");
        (await edge.SendAsync(HttpMethod.Put, key, $"/api/schedules/{id}/queue", JsonContent.Create(new { posts = new[] { posts[0], Guid.CreateVersion7() } })))
            .StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await QueueOfAsync(key, id)).ShouldBe([posts[3], posts[1], posts[0], posts[2]]);

        var next = (await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/schedules/{id}/next?count=4")))["items"]!.AsArray();
        var page = await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/schedules/{id}/queue?limit=3"));
        page["items"]!.AsArray().Select(item => Time(item!["expectedAt"])).ShouldBe(next.Take(3).Select(one => Time(one!["at"])));
        var rest = await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/schedules/{id}/queue?limit=3&cursor={page["nextCursor"]}"));
        rest["items"]!.AsArray().Select(item => ((string)item!["postId"]!, (int)item["place"]!, Time(item["expectedAt"])))
            .ShouldBe([(posts[2].ToString(), 4, Time(next[3]!["at"]))]);

        (await edge.SendAsync(HttpMethod.Delete, key, $"/api/schedules/{id}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await TextsAsync($"SELECT DISTINCT state || coalesce(schedule_id::text, '') FROM social_posts WHERE user_id = '{user}'")).ShouldBe(["draft"]);
    }

    [Fact]
    public async Task The_calendar_tells_posts_queued_posts_free_slots_and_occurrences_in_their_order()
    {
        var (user, key) = await edge.NewUserAsync(Scope.Social);
        var account = await AccountAsync(user);
        var now = TimeProvider.System.GetUtcNow();
        var slots = (string)(await MakeAsync(key, EachDay("Queue")))["id"]!;
        await QueueAsync(user, slots, Guid.CreateVersion7(), 1);
        await MakeAsync(key, new
        {
            name = "Weekly",
            timeZone = "UTC",
            recurrence = new { start = now.AddHours(30), every = 1, unit = "weeks", count = 10 },
            content = new { text = "Again" },
            targets = new { accounts = new[] { account } },
        });
        await edge.ExecuteAsync(
            $"""
            INSERT INTO social_posts (id, user_id, content, targets, state, scheduled_at, created_at, updated_at)
            SELECT gen_random_uuid(), '{user}', jsonb_build_object('text', state), '{"{}"}', state, now() + interval '2 days', now(), now()
            FROM unnest(ARRAY['scheduled', 'published', 'draft', 'cancelled']) AS s (state)
            """);

        var path = $"/api/calendar?from={Uri.EscapeDataString(now.ToString("o"))}&to={Uri.EscapeDataString(now.AddDays(8).ToString("o"))}";
        var whole = (await EdgeProcess.JsonAsync(await edge.GetAsync(key, path)))["items"]!.AsArray();

        whole.CountBy(item => (string)item!["kind"]!).ToDictionary().ShouldBe(
            new Dictionary<string, int> { ["post"] = 2, ["queued"] = 1, ["slot"] = 7, ["occurrence"] = 1 }, ignoreOrder: true);
        whole.Select(item => Time(item!["at"])).ShouldBe(whole.Select(item => Time(item!["at"])).Order());
        ((string)whole.First(item => (string)item!["kind"]! == "occurrence")!["text"]!).ShouldBe("Again");
        var paged = new List<string>();
        for (var cursor = ""; ;)
        {
            var page = await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"{path}&limit=3{cursor}"));
            paged.AddRange(page["items"]!.AsArray().Select(item => item!.ToJsonString()));
            if ((string?)page["nextCursor"] is not { } next)
                break;
            cursor = $"&cursor={next}";
        }

        paged.ShouldBe(whole.Select(item => item!.ToJsonString()));

        // its post is made ahead
        await edge.ExecuteAsync(
            $"""
            INSERT INTO social_posts (id, user_id, content, targets, state, scheduled_at, schedule_id, occurrence_at, created_at, updated_at)
            SELECT gen_random_uuid(), user_id, content, targets, 'scheduled', next_at, id, next_at, now(), now()
            FROM social_schedules WHERE user_id = '{user}' AND name = 'Weekly'
            """);
        (await EdgeProcess.JsonAsync(await edge.GetAsync(key, path)))["items"]!.AsArray().CountBy(item => (string)item!["kind"]!).ToDictionary()
            .ShouldBe(new Dictionary<string, int> { ["post"] = 3, ["queued"] = 1, ["slot"] = 7 }, ignoreOrder: true);

        (await edge.GetAsync(key, "/api/calendar")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await edge.GetAsync(key, "/api/calendar?from=2026-01-01&to=2026-12-31")).StatusCode.ShouldBe(HttpStatusCode.BadRequest, "it is too long");
    }

    private static object Slots(string name, string zone, params (string Day, string Time)[] slots) =>
        new { name, timeZone = zone, slots = slots.Select(slot => new { day = slot.Day, time = slot.Time }) };

    private static object EachDay(string name) => new { name, timeZone = "UTC", slots = EachDaySlots() };

    private static IEnumerable<object> EachDaySlots() =>
        Enum.GetNames<DayOfWeek>().Select(day => new { day = day.ToLowerInvariant(), time = "09:30" });

    private async Task<JsonNode> MakeAsync(string key, object body)
    {
        using var answer = await edge.PostAsync(key, "/api/schedules", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await EdgeProcess.JsonAsync(answer);
    }

    private Task<HttpResponseMessage> PatchAsync(string key, string id, object body) =>
        edge.SendAsync(HttpMethod.Patch, key, $"/api/schedules/{id}", JsonContent.Create(body));

    private async Task<JsonNode> PostAsync(string key, string path) =>
        await EdgeProcess.JsonAsync(await edge.SendAsync(HttpMethod.Post, key, path, null));

    private async Task<List<Guid>> QueueOfAsync(string key, string id) =>
        [.. (await EdgeProcess.JsonAsync(await edge.GetAsync(key, $"/api/schedules/{id}/queue")))["items"]!.AsArray()
            .Select(item => (Guid)item!["postId"]!)];

    private async Task<Guid> AccountAsync(Guid user)
    {
        var id = Guid.CreateVersion7();
        await edge.ExecuteAsync(
            $"""
            INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, created_at, updated_at)
            VALUES ('{id}', '{user}', 'x', '{id}', 'ann', '\x00', 'active', now(), now(), now())
            """);
        return id;
    }

    private Task QueueAsync(Guid user, string schedule, Guid post, int position) => edge.ExecuteAsync(
        $"""
        INSERT INTO social_posts (id, user_id, content, targets, state, schedule_id, queue_position, created_at, updated_at)
        VALUES ('{post}', '{user}', '{"{\"text\": \"Hello\"}"}', '{"{}"}', 'scheduled', '{schedule}', {position}, now(), now())
        """);

    // the version and time of each job of a schedule, in the order of versions
    private Task<List<string>> JobsAsync(string id) => TextsAsync(
        $$"""
        SELECT (payload ->> 'version') || ' ' || to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') FROM scheduled_jobs
        WHERE type = 'process-schedule' AND payload ->> 'scheduleId' = '{{id}}' ORDER BY 1
        """);

    private async Task<List<string>> TextsAsync(string sql)
    {
        await using var command = edge.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync())
            texts.Add(reader.GetString(0));
        return texts;
    }

    private static string Time(JsonNode? at) => Time((DateTimeOffset)at!);

    private static string Ahead(JsonNode? at) => Time(((DateTimeOffset)at!).AddMinutes(-1));

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("s", System.Globalization.CultureInfo.InvariantCulture);
}
