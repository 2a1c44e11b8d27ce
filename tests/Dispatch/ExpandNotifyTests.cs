using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Dispatch;

public sealed class ExpandNotifyTests(PostgresServer postgres) : NotifyTest(postgres), IClassFixture<PostgresServer>
{
    // as many as follow the topic of the test below: a page that comes again takes nothing
    protected override int NotificationsPerDay => 1_004;

    [Theory]
    [InlineData("notify_requests")]
    [InlineData("notify_digests")]
    [InlineData("notify_deliveries")]
    [InlineData("notifications")]
    [InlineData("scheduled_jobs")]
    public async Task A_page_is_planned_whole_and_once_wherever_its_process_dies_and_however_often_it_comes(string diesAt)
    {
        await AddRecipientAsync("ann");
        await AddRecipientAsync("bob");
        await SetCategoryAsync(CategorySettings.Default with { Name = "hourly", Digest = new(DigestMode.Fixed, 60) });
        var page = await AskAsync(To("ann", "bob", "nobody"));
        var gathered = await AskAsync(To("ann"), "hourly");

        await DiesAtAsync(diesAt, async () =>
        {
            await RunAsync(gathered);
            await RunAsync(page);
        });
        await RunAsync(page);
        await RunAsync(gathered);
        await RunAsync(page);
        await RunAsync(gathered);

        (await DeliveriesAsync(page.RequestId)).ShouldBe("ann whatsapp created, bob whatsapp created, nobody skipped unknown-recipient");
        (await DeliveriesAsync(gathered.RequestId)).ShouldBe("ann whatsapp digest digest");
        (await SentAsync()).Count.ShouldBe(2);
        (await WaitingAsync<ReleaseDigest>()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_a_topic_of_many_only_a_page_is_planned_when_the_quota_is_used_up_and_what_comes_after_it_goes_on()
    {
        const int Members = 2_600;
        var topic = await AddTopicAsync(Members);
        await AddRecipientAsync("ann");
        var first = await AskAsync(new() { To = [new() { TopicId = topic }, new() { Id = "ann" }], Content = new(null, "text"), Channels = ["inbox"] });

        var pages = 0;
        for (var next = first; next is not null; pages++)
        {
            await RunAsync(next);
            next = await NextAsync(next);
        }

        pages.ShouldBe(3 + 1 + 1, "three until nothing was left, one that got nothing, the entry after the topic");
        (await ReadAsync("SELECT coalesce(reason, state) || ' ' || count(*) FROM notify_deliveries WHERE request_id = $1 GROUP BY coalesce(reason, state) ORDER BY 1", first.RequestId))
            .ShouldBe([$"created {NotificationsPerDay + 1}", $"quota {2_000 - NotificationsPerDay}"]);
    }

    [Fact]
    public async Task Who_follows_a_topic_is_told_page_by_page_and_once_though_named_besides()
    {
        const int Members = 1_003;
        await AddRecipientAsync("ann");
        var topic = await AddTopicAsync(Members);
        var first = await AskAsync(new()
        {
            To = [new() { Id = "member-7" }, new() { Id = "ann" }, new() { TopicId = topic }, new() { Id = "ann" }, new() { Channel = "sms", Address = NumberOf("ann") }],
            Content = new(null, "text"),
            Channels = ["inbox", "sms"],
        });

        var pages = 0;
        for (var next = first; next is not null; pages++)
        {
            await RunAsync(next);
            // again, as by a message that came twice
            await RunAsync(next);
            next = await NextAsync(next);
        }

        pages.ShouldBe(1 + 3 + 1, "the two that are named, three pages of the topic, the two after it");
        (await ReadAsync("SELECT channel || ' ' || count(*) FROM notifications WHERE user_id = $1 GROUP BY channel ORDER BY 1", User))
            .ShouldBe([$"inbox {Members + 1}", "sms 1"]);
        (await ReadAsync("SELECT (planned_at IS NOT NULL)::text FROM notify_requests WHERE id = $1", first.RequestId)).ShouldBe(["true"]);
    }

    [Fact]
    public async Task What_it_makes_can_be_found_by_what_led_to_it_and_is_not_sent_when_it_is_over()
    {
        await AddRecipientAsync("ann");
        var page = await AskAsync(To("ann") with { ExpiresAt = Time.GetUtcNow().AddMinutes(5) });
        await RunAsync(page);
        var id = await NotificationAsync("whatsapp");
        (await ReadAsync("SELECT metadata ->> 'notifyId' || ' ' || (metadata ->> 'category') || ' ' || (metadata ->> 'recipient') FROM notifications WHERE id = $1", id))
            .ShouldBe([$"{page.RequestId} default ann"]);

        Time.Advance(TimeSpan.FromMinutes(6));

        (await HandleAsync(id)).ShouldBe(JobOutcome.Done, "nothing broke: there is no dead job");
        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);
        Channel.Sent.ShouldBeEmpty();
        (await ReadAsync("SELECT delivery_status || ' ' || error || ' ' || attempts FROM notifications WHERE id = $1", id)).ShouldBe(["failed expired 0"]);
    }

    [Fact]
    public async Task What_is_taken_back_is_not_planned_further_and_what_waits_does_not_go()
    {
        var ann = await AddRecipientAsync("ann");
        var sent = await AskAsync(To("ann"));
        await RunAsync(sent);
        await HandleAsync(await NotificationAsync("whatsapp"));
        await PreferAsync(ann, QuietNow());
        var held = await AskAsync(To("ann") with { Fallback = new(["sms", "email"], 5), Channels = null });
        await RunAsync(held);
        var never = await AskAsync(To("ann"));
        foreach (var request in new[] { sent, held, never })
        {
            await ExecuteAsync("UPDATE notify_requests SET cancelled_at = now() WHERE id = $1", request.RequestId);
            await RunAsync(new CancelNotify(Guid.CreateVersion7(), User, request.RequestId));
        }

        await RunAsync(never);
        Time.Advance(TimeSpan.FromHours(2));
        foreach (var release in await WaitingAsync<ReleaseHeld>())
            await RunAsync(release);

        (await DeliveriesAsync(sent.RequestId)).ShouldBe("ann whatsapp created");
        (await DeliveriesAsync(held.RequestId)).ShouldBe("ann sms cancelled cancelled, ann email cancelled cancelled");
        (await DeliveriesAsync(never.RequestId)).ShouldBe("");
        (await SentAsync()).ShouldHaveSingleItem().ShouldContain(" sent ");
    }

    [Fact]
    public async Task A_plain_notification_to_an_address_of_a_recipient_obeys_what_they_want()
    {
        var ann = await AddRecipientAsync("ann");
        await PreferAsync(ann, Never("whatsapp"));
        var refused = await PlainAsync(JobPriority.Normal);

        (await HandleAsync(refused)).ShouldBe(JobOutcome.Done);
        (await ReadAsync("SELECT delivery_status || ' ' || error FROM notifications WHERE id = $1", refused)).ShouldBe(["failed preference"]);

        await PreferAsync(ann, QuietNow());
        var quiet = await PlainAsync(JobPriority.Normal);
        (await HandleAsync(quiet)).ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBeInRange(TimeSpan.FromMinutes(58), TimeSpan.FromHours(1));
        (await HandleAsync(await PlainAsync(JobPriority.Critical))).ShouldBe(JobOutcome.Done);
        Channel.Sent.Count.ShouldBe(1, "the critical one");

        Time.Advance(TimeSpan.FromHours(2));
        (await HandleAsync(quiet)).ShouldBe(JobOutcome.Done);
        Channel.Sent.Count.ShouldBe(2);
    }

    // the job of the next page, as it is staged: alone, or with the sends that travel with it
    private async Task<ExpandNotify?> NextAsync(ExpandNotify page)
    {
        var place = (await ReadAsync("SELECT concat_ws(' ', position, member) FROM notify_requests WHERE id = $1 AND planned_at IS NULL", page.RequestId))
            .Select(text => text.Split(' ')).SingleOrDefault();
        if (place is null)
            return null;
        var next = page with { Position = int.Parse(place[0], null), Member = place.Length > 1 ? Guid.Parse(place[1]) : null };
        (await ReadAsync(
            $"""
            SELECT id::text FROM scheduled_jobs
            WHERE $1::uuid IS NOT NULL AND (idempotency_key = '{next.IdempotencyKey}' OR position('{next.IdempotencyKey}' IN payload::text) > 0)
            """, page.RequestId))
            .ShouldNotBeEmpty("the next page is staged with this one");
        return next;
    }

    private async Task<Guid> PlainAsync(JobPriority priority)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var created = await Notifications.CreateAsync(
            connection, transaction, [new(User, "whatsapp", NumberOf("ann"), "plain", priority, NotificationSource.Api)], [], null, default);
        await transaction.CommitAsync();
        return created.Ids[0];
    }

    // all of the user's recipients follow it, and so many more
    private async Task<Guid> AddTopicAsync(int members)
    {
        var topic = Guid.CreateVersion7();
        await AddUserAsync(User);
        await ExecuteAsync(
            """
            INSERT INTO recipients (id, user_id, external_id, created_at, updated_at)
            SELECT gen_random_uuid(), $1, 'member-' || n, now(), now() FROM generate_series(1, $2) AS n
            """, User, members);
        await ExecuteAsync("INSERT INTO topics (id, user_id, name, created_at) VALUES ($1, $2, 'news', now())", topic, User);
        await ExecuteAsync("INSERT INTO topic_members SELECT $1, id, user_id FROM recipients WHERE user_id = $2", topic, User);
        return topic;
    }
}
