using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Social;

/// <summary>Accounts of six platforms are connected and posted to: on time, and each once, whatever gets lost or dies.</summary>
public sealed class SocialPublishingTests(ApplicationFixture app) : IAsyncLifetime
{
    private readonly SocialAccounts _accounts = new(app);

    // as if its applications might list what members post
    public async ValueTask InitializeAsync() =>
        await app.Simulator.PostAsync("/_sim/social/settings", new { platform = "linkedin", listsMemberPosts = true });

    public async ValueTask DisposeAsync()
    {
        await app.Simulator.HealAsync();
        _accounts.Dispose();
    }

    [Fact]
    public async Task From_nothing_to_a_post_at_each_platform_and_the_next_one_of_a_schedule()
    {
        var me = await app.Edge.NewUserAsync();
        var text = $"Spring {Guid.CreateVersion7():n}";
        var warmup = await me.PostAsync("/api/warmup-protocols", new { name = "default", steps = new[] { new { days = 3, cap = 5 } } }, HttpStatusCode.Created);
        var accounts = await ConnectAllAsync(me);
        var group = (string)(await me.PostAsync("/api/groups", new { name = "everywhere" }, HttpStatusCode.Created))["id"]!;
        await EdgeClient.ReadAsync(await me.SendAsync(HttpMethod.Put, $"/api/groups/{group}/members", new { accounts = accounts.Values }), HttpStatusCode.OK);
        var media = await SocialAccounts.UploadAsync(me);
        var now = TimeProvider.System.GetUtcNow();

        var post = (string)(await me.PostAsync(
            "/api/posts",
            new { content = new { text, media = new[] { media } }, targets = new { groups = new[] { group } }, scheduledAt = now.AddSeconds(5) },
            HttpStatusCode.Created))["id"]!;
        var schedule = await me.PostAsync(
            "/api/schedules",
            new
            {
                name = "daily",
                timeZone = "Europe/Vienna",
                content = new { text = $"Daily {text}" },
                targets = new { accounts = new[] { accounts["mastodon"] } },
                recurrence = new { start = now.AddSeconds(10), every = 1, unit = "days", count = 3 },
            },
            HttpStatusCode.Created);

        var published = await SocialAccounts.PostAsync(me, post, "published");
        published["targets"]!.AsArray().Select(target => (string)target!["platform"]!).ShouldBe(SocialAccounts.Platforms, ignoreOrder: true);
        published["targets"]!.AsArray().ShouldAllBe(target => (string)target!["state"]! == "published");
        var posted = (await _accounts.PostedAsync(text)).Where(one => ((string)one["text"]!).StartsWith("Spring", StringComparison.Ordinal)).ToList();
        posted.Select(one => (string)one["platform"]!).ShouldBe(SocialAccounts.Platforms, ignoreOrder: true);
        posted.ShouldAllBe(one => (DateTimeOffset)one["at"]! >= now.AddSeconds(5) && one["media"]!.AsArray().Count == 1);

        await Eventually.SeesAsync(() => _accounts.PostedAsync($"Daily {text}"), all => all.Count == 1, "the first post of the schedule");
        var calendar = await me.GetAsync($"/api/calendar?from={now.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}&to={now.AddDays(7):yyyy-MM-ddTHH:mm:ssZ}");
        calendar["items"]!.AsArray().Select(item => (string)item!["kind"]!).ShouldBe(["post", "post", "occurrence", "occurrence"]);
        (await me.GetAsync($"/api/schedules/{schedule["id"]}/next?count=5"))["items"]!.AsArray().Count.ShouldBe(2);
        var health = await Eventually.SeesAsync(
            () => me.GetAsync("/api/health/accounts"), all => all["items"]!.AsArray().All(one => one!["score"] is not null), "a score of each account");
        health["items"]!.AsArray().Count.ShouldBe(6);
        (await me.GetAsync("/api/health/swarm"))["accounts"].ShouldNotBeNull();
        var account = await me.GetAsync($"/api/accounts/social/{accounts["x"]}");
        ((string)account["state"]!, (string)account["warmup"]!["protocolId"]!).ShouldBe(("warming", (string)warmup["id"]!));
    }

    [Fact]
    public async Task An_answer_that_is_lost_after_the_post_was_made_is_settled_by_reading_back_at_each_platform()
    {
        var me = await app.Edge.NewUserAsync();
        var text = $"Lost {Guid.CreateVersion7():n}";
        var accounts = await ConnectAllAsync(me);
        var media = await SocialAccounts.UploadAsync(me);
        foreach (var provider in SocialAccounts.Platforms)
            await app.Simulator.FailAsync(new { provider, lost = true, count = 1 });

        var post = (string)(await me.PostAsync(
            "/api/posts", new { content = new { text, media = new[] { media } }, targets = new { accounts = accounts.Values } }, HttpStatusCode.Created))["id"]!;

        var published = await SocialAccounts.PostAsync(me, post, "published", TimeSpan.FromSeconds(120));
        var posted = await _accounts.PostedAsync(text);
        posted.Select(one => (string)one["platform"]!).ShouldBe(SocialAccounts.Platforms, ignoreOrder: true);
        posted.ShouldAllBe(one => (int)one["copies"]! == 1);
        foreach (var target in published["targets"]!.AsArray())
            posted.ShouldContain(one => (string)one["id"]! == ((string)target!["remoteId"]!).Split('/').Last() || (string)one["id"]! == (string)target["remoteId"]!);
    }

    [Fact]
    public async Task An_edit_just_before_goes_out_as_edited_and_what_was_cancelled_does_not()
    {
        var me = await app.Edge.NewUserAsync();
        var word = $"{Guid.CreateVersion7():n}";
        var account = await _accounts.ConnectAsync(me, "mastodon", $"m{word}");
        var (edited, cancelled) = (await ScheduleAsync(me, account, $"before {word}"), await ScheduleAsync(me, account, $"cancelled {word}"));

        await EdgeClient.ReadAsync(await me.SendAsync(HttpMethod.Patch, $"/api/posts/{edited}", new { content = new { text = $"after {word}" } }), HttpStatusCode.OK);
        (await me.SendAsync(HttpMethod.Post, $"/api/posts/{cancelled}/cancel")).IsSuccessStatusCode.ShouldBeTrue();

        await SocialAccounts.PostAsync(me, edited, "published");
        ((string)(await _accounts.PostedAsync(word)).ShouldHaveSingleItem()["text"]!).ShouldContain($"after {word}");
        ((string)(await me.GetAsync($"/api/posts/{cancelled}"))["state"]!).ShouldBe("cancelled");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("workers-dispatch")]
    [InlineData("postgres")]
    [InlineData("rabbitmq")]
    [InlineData("redis")]
    public async Task Each_post_is_made_once_when_one_dies_in_the_middle(string victim)
    {
        const int Posts = 60;
        var me = await app.Edge.NewUserAsync();
        var word = $"{Guid.CreateVersion7():n}";
        var accounts = new List<string>();
        foreach (var (platform, number) in new[] { ("mastodon", 1), ("mastodon", 2), ("bluesky", 1), ("facebook", 1), ("x", 1) })
            accounts.Add(await _accounts.ConnectAsync(me, platform, $"{platform[0]}{number}-{word}"));
        var due = TimeProvider.System.GetUtcNow().AddSeconds(2);
        var made = await me.PostAsync(
            "/api/posts/bulk",
            new
            {
                allowDuplicates = true,
                posts = Enumerable.Range(0, Posts).Select(number => new
                {
                    content = new { text = $"{number:00} {word}" },
                    targets = new { accounts = new[] { accounts[number % accounts.Count] } },
                    scheduledAt = due,
                }),
            },
            HttpStatusCode.Created);
        ((int)made["created"]!).ShouldBe(Posts);

        await Eventually.SeesAsync(() => _accounts.PostedAsync(word), posted => posted.Count >= Posts / 6, "the first posts");
        await app.KillAsync(victim);
        await app.StartAsync(victim);

        await Eventually.SeesAsync(
            async () => (IReadOnlyList<JsonNode>)[.. (await me.GetAsync("/api/posts?limit=100"))["items"]!.AsArray().Select(post => post!)],
            posts => posts.Count(post => (string)post["state"]! == "published") == Posts, "all published", TimeSpan.FromSeconds(200));
        (await _accounts.PostedAsync(word)).Select(post => ((string)post["text"]!)[..2]).Where(number => number.All(char.IsDigit)).Order()
            .ShouldBe(Enumerable.Range(0, Posts).Select(number => $"{number:00}"));
    }

    private async Task<Dictionary<string, string>> ConnectAllAsync(EdgeClient me)
    {
        var name = $"a{Guid.CreateVersion7():n}";
        var accounts = new Dictionary<string, string>();
        foreach (var platform in SocialAccounts.Platforms)
            accounts[platform] = await _accounts.ConnectAsync(me, platform, name);
        return accounts;
    }

    private static async Task<string> ScheduleAsync(EdgeClient me, string account, string text) => (string)(await me.PostAsync(
        "/api/posts",
        new
        {
            content = new { text },
            targets = new { accounts = new[] { account } },
            scheduledAt = TimeProvider.System.GetUtcNow().AddSeconds(3),
            allowDuplicates = true,
        },
        HttpStatusCode.Created))["id"]!;
}
