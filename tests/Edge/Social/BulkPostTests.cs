using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Edge.Social;

/// <summary>Many posts at once, the guard against saying the same twice, and what platforms say beforehand.</summary>
public sealed class BulkPostTests(SharedEdge edge) : SocialTest(edge)
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(2);

    [Fact]
    public async Task A_thousand_posts_are_made_together_each_with_its_own_time()
    {
        var accounts = await AccountsAsync("mastodon", 2);
        var posts = Enumerable.Range(0, 1_000).Select(number => new
        {
            content = new { text = Words(number) },
            targets = new { accounts },
            scheduledAt = Start.AddSeconds(number),
        });

        using var first = await Edge.PostAsync(Key, "/api/posts/bulk", new { posts }, ("Idempotency-Key", "k1"));
        first.StatusCode.ShouldBe(HttpStatusCode.Created, await first.Content.ReadAsStringAsync());
        using var again = await Edge.PostAsync(Key, "/api/posts/bulk", new { posts }, ("Idempotency-Key", "k1"));

        var made = await EdgeProcess.JsonAsync(first);
        ((int)made["created"]!).ShouldBe(1_000);
        JsonNode.DeepEquals(await EdgeProcess.JsonAsync(again), made).ShouldBeTrue();
        (await CountAsync($"social_posts WHERE user_id = '{User}' AND state = 'scheduled'")).ShouldBe(1_000);
        (await CountAsync(
            $"""
            social_post_targets AS t JOIN social_posts AS p ON p.id = t.post_id JOIN scheduled_jobs AS j ON j.id = t.job_id
            WHERE t.user_id = '{User}' AND t.due_at = p.scheduled_at AND j.due_at = t.due_at
            """)).ShouldBe(2_000);
        var page = await GetAsync("/api/posts?page=20&limit=50");
        ((int)page["total"]!, page["items"]!.AsArray().Count, page["nextCursor"] is null).ShouldBe((1_000, 50, true));
    }

    [Fact]
    public async Task What_is_wrong_is_told_by_its_place_and_none_is_made()
    {
        var (x, (other, _)) = (await AccountsAsync("x"), await Edge.NewUserAsync("social"));
        var foreign = await AccountsAsync("x", 1, other);

        var shapes = await BulkAsync(
            HttpStatusCode.BadRequest, Post("Fine", x), new { targets = new { accounts = x } }, Post("Nowhere", []), Post("Late", x, "3000-01-01T00:00:00Z"));
        Fields(shapes).ShouldContain("posts[3].scheduledAt");
        var missing = await BulkAsync(HttpStatusCode.BadRequest, Post("Fine", x), new { targets = new { accounts = x } }, Post("Nowhere", []));
        Fields(missing).ShouldBe(["posts[1].content", "posts[2].targets"], ignoreOrder: true);
        var found = await BulkAsync(HttpStatusCode.BadRequest, Post("Fine", x), Post("Foreign", foreign));
        Fields(found).ShouldBe(["posts[1].targets.accounts[0]"]);
        var rules = await BulkAsync(HttpStatusCode.BadRequest, Post("Fine", x), Post(new string('y', 281), x));
        Fields(rules).ShouldBe(["posts[1].content.text"]);
        var many = await BulkAsync(HttpStatusCode.BadRequest, [.. Enumerable.Repeat<object>(Post("Fine", x), 1_001)]);
        Fields(many).ShouldBe(["posts"]);

        (await CountAsync($"social_posts WHERE user_id = '{User}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Who_says_nearly_the_same_again_is_told_where_it_was_said()
    {
        var accounts = await AccountsAsync("mastodon", 3);
        var first = (string)(await PostAsync("/api/posts", HttpStatusCode.Created, Post("Our spring sale begins on Monday!", accounts[..1])))["id"]!;

        // at another account, within the days, whatever the case and the punctuation
        var met = await PostAsync("/api/posts", HttpStatusCode.Conflict, Post("our spring sale begins on MONDAY", accounts[1..2], Start.AddDays(3).ToString("O")));
        TypeOf(met).ShouldBe("near-duplicate");
        ((string)met["duplicates"]![0]!["postId"]!, (Guid)met["duplicates"]![0]!["accountId"]!, (int)met["duplicates"]![0]!["distance"]!)
            .ShouldBe((first, accounts[0], 0));
        var bulk = await BulkAsync(HttpStatusCode.Conflict, Post("Quite another thing", accounts), Post("Quite another thing!", accounts));
        ((int)bulk["duplicates"]![0]!["index"]!, (int)bulk["duplicates"]![0]!["otherIndex"]!).ShouldBe((1, 0));
        (await CountAsync($"social_posts WHERE user_id = '{User}'")).ShouldBe(1);

        // later than the days, by the wish of the caller, of another user, or after the other was cancelled, it is taken
        await PostAsync("/api/posts", HttpStatusCode.Created, Post("Our spring sale begins on Monday", accounts[1..2], Start.AddDays(10).ToString("O")));
        await PostAsync("/api/posts", HttpStatusCode.Created, new
        {
            content = new { text = "Our spring sale begins on Monday" },
            targets = new { accounts = accounts[2..] },
            scheduledAt = Start,
            allowDuplicates = true,
        });
        var (other, key) = await Edge.NewUserAsync("social");
        await PostAsync("/api/posts", HttpStatusCode.Created, Post("Our spring sale begins on Monday", await AccountsAsync("x", 1, other)), key);
        await PostAsync("/api/posts", HttpStatusCode.Created, Post("A text to be cancelled", accounts));
        var cancelled = (string)(await GetAsync("/api/posts?limit=1"))["items"]![0]!["id"]!;
        await PostAsync("/api/posts", HttpStatusCode.Conflict, Post("A text to be cancelled", accounts));
        await PostAsync($"/api/posts/{cancelled}/cancel", HttpStatusCode.OK);
        await PostAsync("/api/posts", HttpStatusCode.Created, Post("A text to be cancelled", accounts));
    }

    [Fact]
    public async Task Of_two_that_come_at_once_with_the_same_words_one_is_taken()
    {
        var accounts = await AccountsAsync("mastodon");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Edge.PostAsync(Key, "/api/posts", Post("A click too many", accounts))));

        answers.Select(answer => answer.StatusCode).Order().ShouldBe(
            [HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.Conflict]);
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task What_platforms_would_say_is_told_before_anything_is_made()
    {
        var (x, mastodon) = (await AccountsAsync("x", 2), await AccountsAsync("mastodon"));
        var told = await PostAsync("/api/posts/validate", HttpStatusCode.OK, new
        {
            content = new
            {
                text = new string('z', 300),
                accounts = new Dictionary<Guid, object> { [x[1]] = new { text = "Short" } },
            },
            targets = new { accounts = x.Concat(mastodon) },
        });

        ((bool)told["isValid"]!).ShouldBeFalse();
        var variants = told["targets"]!.AsArray().Select(one => (
            Platform: (string)one!["platform"]!, Accounts: one["accounts"]!.AsArray().Select(id => (Guid)id!).Single(), Length: (int)one["length"]!,
            Codes: string.Join(',', one["problems"]!.AsArray().Select(problem => (string)problem!["code"]!)))).ToList();
        variants.ShouldBe(
            [("x", x[0], 300, "text-too-long"), ("x", x[1], 5, ""), ("mastodon", mastodon[0], 300, "")], ignoreOrder: true);

        var all = await PostAsync("/api/posts/validate", HttpStatusCode.OK, new { content = new { text = "Without media" } });
        all["targets"]!.AsArray().Count.ShouldBe(6);
        all["targets"]!.AsArray().Single(one => (string)one!["platform"]! == "instagram")!["problems"]!.AsArray().ShouldNotBeEmpty();
        (await CountAsync($"social_posts WHERE user_id = '{User}'")).ShouldBe(0);
    }

    private Task<JsonNode> BulkAsync(HttpStatusCode expected, params object[] posts) => PostAsync("/api/posts/bulk", expected, new { posts });

    private static object Post(string text, IEnumerable<Guid> accounts, string? at = null) =>
        new { content = new { text }, targets = new { accounts }, scheduledAt = at ?? Start.ToString("O", CultureInfo.InvariantCulture) };

    // no two of them are near each other
    private static string Words(int number)
    {
        var random = new Random(number);
        return string.Join(' ', Enumerable.Range(0, 8).Select(_ => $"word{random.Next(100_000)}"));
    }
}
