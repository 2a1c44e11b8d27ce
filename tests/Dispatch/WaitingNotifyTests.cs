using System.Globalization;
using System.Text.Json.Nodes;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Dispatch;

public sealed class WaitingNotifyTests(PostgresServer postgres) : NotifyTest(postgres), IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData("notify_deliveries")]
    [InlineData("notifications")]
    [InlineData("scheduled_jobs")]
    public async Task What_is_held_is_released_once_wherever_its_process_dies(string diesAt)
    {
        var (ann, bob) = (await AddRecipientAsync("ann"), await AddRecipientAsync("bob"));
        await PreferAsync(ann, QuietNow());
        await PreferAsync(bob, QuietNow());
        var page = await AskAsync(To("ann", "bob"));
        await RunAsync(page);
        var planned = Time.GetUtcNow();
        (await DeliveriesAsync(page.RequestId)).ShouldBe("ann whatsapp held quiet-hours, bob whatsapp held quiet-hours");
        var release = (await WaitingAsync<ReleaseHeld>()).ShouldHaveSingleItem("both quiet hours end at once");

        // too early, as by a clock that is ahead: held again until the same end
        await RunAsync(release);
        (await SentAsync()).ShouldBeEmpty();
        release = (await WaitingAsync<ReleaseHeld>())[^1];
        await PreferAsync(bob, Never("whatsapp"));
        Time.Advance(TimeSpan.FromHours(2));

        await DiesAtAsync(diesAt, () => RunAsync(release));
        await RunAsync(release);
        await RunAsync(release);

        (await DeliveriesAsync(page.RequestId)).ShouldBe("ann whatsapp created, bob whatsapp skipped preference");
        (await SentAsync()).ShouldBe([$"whatsapp {NumberOf("ann")} pending text"]);
        // made when it was planned, as its id says and lists by time take it, and to be sent when it was released
        var hour = TimeSpan.FromHours(1).TotalSeconds;
        (await ReadAsync(
            $"SELECT (created_at <= '{planned:O}' AND extract(epoch FROM send_at - created_at) > {hour})::text FROM notifications WHERE user_id = $1", User))
            .ShouldBe(["true"]);
        await HandleAsync(await NotificationAsync("whatsapp"));
        Channel.Sent.ShouldHaveSingleItem().DueAt.ShouldBeGreaterThan(planned.AddHours(1), "of use from then on");
    }

    [Fact]
    public async Task What_many_requests_hold_until_one_time_is_read_together_and_one_that_was_taken_back_stays()
    {
        const int Many = 20;
        foreach (var number in Enumerable.Range(1, Many))
        {
            await PreferAsync(await AddRecipientAsync($"r{number}"), QuietNow());
            await RunAsync(await AskAsync(To($"r{number}") with { Channels = ["inbox"] }));
        }

        var holds = await WaitingAsync<ReleaseHeld>();
        await ExecuteAsync("UPDATE notify_requests SET cancelled_at = now() WHERE id = $1", holds[0].RequestId);
        Time.Advance(TimeSpan.FromHours(2));

        (await Statements.CountAsync(() => RunAllAsync(holds))).ShouldBeLessThan(2 * Many, "of each one is settled, and little else");
        await RunAllAsync(holds);

        (await SentAsync()).Count.ShouldBe(Many - 1);
        (await DeliveriesAsync(holds[0].RequestId)).ShouldEndWith("held quiet-hours");
    }

    // 02:30, which the clocks leave out in spring; in autumn the first one ends a digest, the last one the quiet hours
    [Theory]
    [InlineData("2027-03-27T22:00Z", "2027-03-28T01:00Z", "2027-03-28T01:00Z")]
    [InlineData("2027-10-30T21:00Z", "2027-10-31T01:30Z", "2027-10-31T00:30Z")]
    public async Task Over_a_change_of_the_clocks_what_is_held_and_what_is_gathered_goes_at_its_time_and_once(string at, string quietUntil, string digestAt)
    {
        Time.MoveTo(Instant(at));
        var ann = await AddRecipientAsync("ann", "Europe/Vienna");
        await PreferAsync(ann, PreferenceSet.None with { QuietHours = [new([1, 2, 3, 4, 5, 6, 7], new(22, 0), new(2, 30))] });
        await AddRecipientAsync("bob", "Europe/Vienna");
        await SetCategoryAsync(CategorySettings.Default with { Name = "daily", Digest = new(DigestMode.Daily, At: new(2, 30)) });
        await RunAsync(await AskAsync(To("ann")));
        await RunAsync(await AskAsync(To("bob"), "daily"));
        (await DueAsync<ReleaseHeld>()).ShouldBe(Instant(quietUntil));
        (await DueAsync<ReleaseDigest>()).ShouldBe(Instant(digestAt));

        await ReleaseAsync<ReleaseHeld>(Instant(quietUntil), 0);
        await ReleaseAsync<ReleaseDigest>(Instant(digestAt), 1);
        // the hour that comes again
        Time.MoveTo(Instant(quietUntil).AddHours(1));
        await RunAsync((await WaitingAsync<ReleaseHeld>())[0]);
        await RunAsync((await WaitingAsync<ReleaseDigest>())[0]);

        (await SentAsync()).ShouldBe([$"whatsapp {NumberOf("ann")} pending text", $"whatsapp {NumberOf("bob")} pending text"], ignoreOrder: true);
    }

    // not a second before, and then once though its process dies in the middle
    private async Task ReleaseAsync<TJob>(DateTimeOffset at, int sentBefore)
        where TJob : IJob
    {
        Time.MoveTo(at.AddSeconds(-1));
        await RunAsync((await WaitingAsync<TJob>())[0]);
        (await SentAsync()).Count.ShouldBe(sentBefore);
        var job = (await WaitingAsync<TJob>())[^1];
        Time.MoveTo(at);
        await DiesAtAsync("notifications", () => RunAsync(job));
        await Task.WhenAll(RunAsync(job), RunAsync(job));
        (await SentAsync()).Count.ShouldBe(sentBefore + 1);
    }

    private async Task<DateTimeOffset> DueAsync<TJob>()
        where TJob : IJob =>
        Instant((await ReadAsync(
            $"""
            SELECT to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM scheduled_jobs
            WHERE type = '{TJob.Type.Name}' AND payload ->> 'userId' = $1::text
            """, User)).ShouldHaveSingleItem());

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public async Task Events_of_a_digest_are_told_as_one_when_it_is_due_and_once_and_who_comes_later_opens_another()
    {
        await AddRecipientAsync("ann");
        await SetCategoryAsync(CategorySettings.Default with { Digest = new(DigestMode.Sliding, 10, 25) });
        foreach (var number in Enumerable.Range(1, 3))
        {
            await RunAsync(await AskAsync(Event(number)));
            Time.Advance(TimeSpan.FromMinutes(9));
        }

        var digest = (await WaitingAsync<ReleaseDigest>()).ShouldHaveSingleItem("one that is open takes them all");
        // its maximum is 25 minutes from the first
        Time.Advance(TimeSpan.FromMinutes(-4));
        (await RunAsync(digest)).ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBeInRange(TimeSpan.FromSeconds(100), TimeSpan.FromMinutes(2));
        Time.Advance(TimeSpan.FromMinutes(4));

        await DiesAtAsync("notifications", () => RunAsync(digest));
        (await Task.WhenAll(RunAsync(digest), RunAsync(digest), RunAsync(digest))).ShouldAllBe(outcome => outcome == JobOutcome.Done);
        await RunAsync(await AskAsync(Event(4)));

        (await SentAsync()).ShouldBe([$"inbox {await RowAsync()} pending Event 1\n\nEvent 2\n\nEvent 3"]);
        var content = JsonNode.Parse((await ReadAsync("SELECT content::text FROM notifications WHERE user_id = $1", User))[0])!;
        ((int)content["data"]!["count"]!).ShouldBe(3);
        content["data"]!["items"]!.AsArray().Select(item => (int)item!["n"]!).ShouldBe([1, 2, 3]);
        (await WaitingAsync<ReleaseDigest>()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_digest_tells_its_events_in_the_order_in_which_they_were_asked_for_however_they_were_planned()
    {
        await AddRecipientAsync("ann");
        await SetCategoryAsync(CategorySettings.Default with { Digest = new(DigestMode.Fixed, 1) });
        var first = await AskAsync(Event(1));
        Time.Advance(TimeSpan.FromSeconds(1));
        await RunAsync(await AskAsync(Event(2)));
        Time.Advance(TimeSpan.FromSeconds(1));
        await RunAsync(first);
        Time.Advance(TimeSpan.FromMinutes(2));

        await RunAsync((await WaitingAsync<ReleaseDigest>()).ShouldHaveSingleItem());

        (await SentAsync()).ShouldBe([$"inbox {await RowAsync()} pending Event 1\n\nEvent 2"]);
    }

    [Theory]
    [InlineData("cancelled_at = now()")]
    [InlineData("request = request || '{\"expiresAt\": \"2026-01-01T00:00:00Z\"}'")]
    public async Task A_digest_tells_what_is_left_when_its_newest_event_is_taken_back_or_over(string change)
    {
        await AddRecipientAsync("ann");
        await SetCategoryAsync(CategorySettings.Default with { Digest = new(DigestMode.Fixed, 1) });
        await RunAsync(await AskAsync(Event(1)));
        var newest = await AskAsync(Event(2));
        await RunAsync(newest);
        await ExecuteAsync($"UPDATE notify_requests SET {change} WHERE id = $1", newest.RequestId);
        Time.Advance(TimeSpan.FromMinutes(2));

        await RunAsync((await WaitingAsync<ReleaseDigest>()).ShouldHaveSingleItem());

        (await SentAsync()).ShouldBe([$"inbox {await RowAsync()} pending Event 1"]);
    }

    [Theory]
    [InlineData("inbox", 64 * 1024)]
    [InlineData("push", 1_000)]
    public async Task Of_much_that_is_gathered_the_newest_is_told_as_far_as_it_fits_and_all_is_counted(string channel, int bytes)
    {
        const int Many = 30;
        await AddDeviceAsync(await AddRecipientAsync("ann"));
        await SetCategoryAsync(CategorySettings.Default with { Digest = new(DigestMode.Fixed, 1) });
        foreach (var number in Enumerable.Range(1, Many))
            await RunAsync(await AskAsync(Event(number, new string('x', channel == "push" ? 100 : 10_000)) with { Channels = [channel] }));
        Time.Advance(TimeSpan.FromMinutes(2));

        await RunAsync((await WaitingAsync<ReleaseDigest>()).ShouldHaveSingleItem());

        var data = JsonNode.Parse((await ReadAsync("SELECT content ->> 'data' FROM notifications WHERE user_id = $1", User)).ShouldHaveSingleItem())!;
        ((int)data["count"]!).ShouldBe(Many);
        var numbers = data["items"]!.AsArray().Select(item => (int)item!["n"]!).ToList();
        numbers.Count.ShouldBeInRange(5, 9);
        numbers.ShouldBe(Enumerable.Range(Many - numbers.Count + 1, numbers.Count));
        data.ToJsonString().Length.ShouldBeLessThan(bytes + 100);
    }

    [Fact]
    public async Task A_digest_that_has_lost_its_job_is_told_with_the_next_event()
    {
        await AddRecipientAsync("ann");
        await SetCategoryAsync(CategorySettings.Default with { Digest = new(DigestMode.Fixed, 1) });
        await RunAsync(await AskAsync(Event(1)));
        // it died of an error, and nobody has run it again
        await ExecuteAsync("DELETE FROM scheduled_jobs WHERE type = 'release-digest' AND payload ->> 'userId' = $1::text", User);
        Time.Advance(TimeSpan.FromMinutes(2));

        await RunAsync(await AskAsync(Event(2)));
        await RunAsync((await WaitingAsync<ReleaseDigest>()).ShouldHaveSingleItem());

        (await SentAsync()).ShouldBe([$"inbox {await RowAsync()} pending Event 1\n\nEvent 2"]);
    }

    [Fact]
    public async Task Digests_of_many_requests_are_read_together_and_each_tells_what_is_its_own()
    {
        const int Many = 20;
        await AddUserAsync(User);
        await SetCategoryAsync(CategorySettings.Default with { Digest = new(DigestMode.Fixed, 1) });
        foreach (var number in Enumerable.Range(1, Many))
        {
            await AddRecipientAsync($"r{number}");
            await RunAsync(await AskAsync(Event(number) with { To = [new() { Id = $"r{number}" }] }));
        }

        Time.Advance(TimeSpan.FromMinutes(2));
        var digests = await WaitingAsync<ReleaseDigest>();
        digests.Count.ShouldBe(Many);

        (await Statements.CountAsync(() => RunAllAsync(digests))).ShouldBeLessThan(Many, "none is asked once for each digest");

        (await ReadAsync("SELECT r.external_id || ' ' || n.body FROM notifications AS n JOIN recipients AS r ON r.id = n.recipient_id WHERE n.user_id = $1", User))
            .ShouldBe(Enumerable.Range(1, Many).Select(number => $"r{number} Event {number}"), ignoreOrder: true);
    }

    [Fact]
    public async Task An_event_that_comes_while_its_digest_is_told_is_in_that_or_in_the_next_and_in_one_of_them()
    {
        const int Rounds = 15;
        await AddRecipientAsync("ann");
        await SetCategoryAsync(CategorySettings.Default with { Digest = new(DigestMode.Fixed, 1) });
        await RunAsync(await AskAsync(Event(0)));
        for (var round = 1; round <= Rounds; round++)
        {
            Time.Advance(TimeSpan.FromMinutes(2));
            var late = await AskAsync(Event(round));
            var digests = await WaitingAsync<ReleaseDigest>();
            await Task.WhenAll(digests.Select(RunAsync).Append(RunAsync(late)));
        }

        Time.Advance(TimeSpan.FromMinutes(2));
        foreach (var digest in await WaitingAsync<ReleaseDigest>())
            await RunAsync(digest);

        (await ReadAsync("SELECT body FROM notifications WHERE user_id = $1", User))
            .SelectMany(body => body.Split("\n\n")).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, Rounds + 1).Select(number => $"Event {number}").Order(StringComparer.Ordinal));
    }

    private async Task<string> RowAsync() => (await ReadAsync("SELECT id::text FROM recipients WHERE user_id = $1", User))[0];

    private static Core.Notifications.Notify.NotifyRequest Event(int number, string more = "") => To("ann") with
    {
        Channels = ["inbox"],
        Content = new(null, $"Event {number}"),
        Data = System.Text.Json.JsonDocument.Parse($$"""{"n":{{number}},"more":"{{more}}"}""").RootElement,
    };
}
