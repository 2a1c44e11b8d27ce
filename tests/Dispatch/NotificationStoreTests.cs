using System.Globalization;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Tests.Dispatch;

public sealed class NotificationStoreTests(PostgresServer postgres) : DispatchTest(postgres), IClassFixture<PostgresServer>
{
    protected override int NotificationsPerDay => 7;

    private readonly Guid _ann = Guid.CreateVersion7();
    private readonly Guid _bob = Guid.CreateVersion7();

    [Fact]
    public async Task A_draft_becomes_a_row_its_send_and_its_event_all_of_them_staged()
    {
        var (mail, rule) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var source = NotificationSource.Email(mail);

        var created = await CreateAsync([Draft(_ann) with { Source = source, RuleId = rule, DedupKey = NotificationKeys.RuleMatch(source, rule) }]);

        var id = created.Ids.ShouldHaveSingleItem();
        (await ReadAsync(
            """
            SELECT concat_ws(' ', user_id, channel, recipient, body, priority, delivery_status, source, source_id, dedup_key, rule_id)
            FROM notifications WHERE id = $1
            """,
            id)).ShouldBe([$"{_ann} sms +15550100001 hello\uFFFD 1 pending email {mail} email:{mail}/{rule} {rule}"]);
        (await JobsOfAsync(id)).ShouldBe(["send-notification staged"]);
        (await EventsAsync(_ann)).ShouldBe("notification.created 1");
        created.Jobs.Select(job => job.Job.GetType()).ShouldBe([typeof(SendNotification), typeof(RecordEvents)]);
    }

    [Fact]
    public async Task Of_a_user_and_a_key_there_is_one_however_often_it_is_asked_for()
    {
        var first = await CreateAsync([Draft(_ann, "key"), Draft(_ann, "key"), Draft(_bob, "key"), Draft(_ann), Draft(_ann)]);
        first.Ids.Count.ShouldBe(4, "keys are each user's, and what has none is never a double");

        var again = await CreateAsync([Draft(_ann, "key"), Draft(_ann, "other"), Draft(_bob, "key")]);

        again.Ids.ShouldHaveSingleItem();
        again.Jobs.Count.ShouldBe(2);
        (await ReadAsync("SELECT dedup_key FROM notifications WHERE user_id = $1 AND dedup_key IS NOT NULL ORDER BY 1", _ann)).ShouldBe(["key", "other"]);
    }

    [Fact]
    public async Task It_is_as_old_as_its_id_says_so_that_lists_by_time_find_what_was_held()
    {
        var now = Time.GetUtcNow();
        var (yesterday, tomorrow) = (Guid.CreateVersion7(now.AddDays(-1)), Guid.CreateVersion7(now.AddDays(1)));

        await CreateAsync([Draft(_ann) with { Id = yesterday }, Draft(_ann) with { Id = tomorrow }]);

        var made = (await ReadAsync("SELECT floor(extract(epoch FROM created_at) * 1000)::text FROM notifications WHERE user_id = $1 ORDER BY id", _ann))
            .ConvertAll(milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture)));
        made[0].ToUnixTimeMilliseconds().ShouldBe(now.AddDays(-1).ToUnixTimeMilliseconds());
        made[1].ShouldBeLessThanOrEqualTo(Time.GetUtcNow());
    }

    [Fact]
    public async Task What_is_rolled_back_leaves_no_row_and_no_job()
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var created = await Notifications.CreateAsync(connection, transaction, [Draft(_ann)], [], null, default);
        await transaction.RollbackAsync();

        (await ReadAsync("SELECT body FROM notifications WHERE user_id = $1", _ann)).ShouldBeEmpty();
        (await JobsOfAsync(created.Ids[0])).ShouldBeEmpty();
        (await EventsAsync(_ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_scheduled_one_waits_for_its_time_and_one_whose_time_is_over_does_not()
    {
        var later = Time.GetUtcNow().AddHours(3);

        var created = await CreateAsync([Draft(_ann) with { ScheduledFor = later }, Draft(_bob) with { ScheduledFor = Time.GetUtcNow().AddHours(-3) }]);

        var (anns, bobs) = (await IdOfAsync(_ann), await IdOfAsync(_bob));
        (await JobsOfAsync(anns)).ShouldBe(["send-notification delayed"]);
        (await JobsOfAsync(bobs)).ShouldBe(["send-notification staged"]);
        created.Jobs.Count(job => job.Job is SendNotification).ShouldBe(1, "what waits is the scheduler's to publish");
        (await ReadAsync("SELECT (send_at IS NOT NULL)::text FROM notifications WHERE id = $1", bobs)).ShouldBe(["false"]);
    }

    [Theory]
    [InlineData("email")]
    [InlineData("text")]
    [InlineData("tracking")]
    public async Task Above_the_quota_of_its_user_it_is_made_as_failed_with_its_reason_and_not_sent(string kind)
    {
        var source = new NotificationSource(kind, Guid.CreateVersion7());
        NotificationDraft[] drafts = [.. Enumerable.Range(0, NotificationsPerDay + 2).Select(number => Draft(_ann, $"{number:D3}") with { Source = source })];
        (await CreateAsync(drafts[..^2])).Jobs.Count(job => job.Job is SendNotification).ShouldBe(NotificationsPerDay);
        // what comes again counts no second time
        (await CreateAsync(drafts[..^2])).Ids.ShouldBeEmpty();

        var above = await CreateAsync([.. drafts[^2..], Draft(_bob) with { Source = source }]);

        above.Ids.Count.ShouldBe(3);
        above.Jobs.Select(job => job.Job as SendNotification).OfType<SendNotification>().ShouldHaveSingleItem()
            .NotificationId.ShouldBe(await IdOfAsync(_bob));
        (await ReadAsync("SELECT dedup_key || ' ' || error FROM notifications WHERE user_id = $1 AND failed_at IS NOT NULL ORDER BY dedup_key", _ann))
            .ShouldBe(drafts[^2..].Select(draft =>
                $"{draft.DedupKey} The {NotificationsPerDay} notifications that a user has a day were used up. It was not sent; it can be retried on another day."));
        (await EventsAsync(_ann)).ShouldContain("notification.failed 1, notification.failed 1");
        (await JobsOfAsync(above.Ids[^1])).ShouldBeEmpty();

        Time.Advance(TimeSpan.FromDays(1));
        (await CreateAsync([Draft(_ann, "tomorrow") with { Source = source }])).Jobs.Count(job => job.Job is SendNotification).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_program_asked_for_was_counted_before_and_who_owns_a_mailbox_is_told_whatever_was_used_up()
    {
        NotificationDraft[] drafts = [.. Enumerable.Range(0, NotificationsPerDay + 5).Select(_ => Draft(_ann))];

        (await CreateAsync(drafts)).Jobs.Count(job => job.Job is SendNotification).ShouldBe(drafts.Length);
        (await CreateAsync([.. drafts.Select(draft => draft with { Source = NotificationSource.Account(_ann) })]))
            .Jobs.Count(job => job.Job is SendNotification).ShouldBe(drafts.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    [InlineData("\u200b\u00ad\ufeff\u2060")]
    public async Task A_text_of_which_nothing_can_be_seen_says_so_whoever_makes_it(string body)
    {
        await CreateAsync([Draft(_ann) with { Body = body, Source = NotificationSource.Tracking(_ann) }]);

        (await ReadAsync("SELECT body FROM notifications WHERE user_id = $1", _ann)).ShouldBe(["Message without text"]);
    }

    [Fact]
    public async Task What_a_template_makes_of_data_is_stored_whatever_it_is()
    {
        await CreateAsync([Draft(_ann) with { Content = new NotificationContent { Subject = "a\0b" } }]);

        (await ReadAsync("SELECT content ->> 'subject' FROM notifications WHERE user_id = $1", _ann)).ShouldBe(["a\uFFFDb"]);
    }

    [Fact]
    public async Task Many_that_are_put_off_to_one_minute_do_not_go_before_those_of_others()
    {
        var later = Time.GetUtcNow().AddHours(3);

        await CreateAsync([.. Enumerable.Range(0, UserShares.Burst + 2).Select(_ => Draft(_ann) with { ScheduledFor = later }), Draft(_bob) with { ScheduledFor = later }]);

        (await PrioritiesAsync(_ann)).ShouldBe(["1 300", "3 2"]);
        (await PrioritiesAsync(_bob)).ShouldBe(["1 1"]);
    }

    [Fact]
    public async Task Those_who_ask_for_the_same_at_once_in_different_orders_make_each_once()
    {
        var keys = Enumerable.Range(0, 50).Select(n => $"same-{n}").ToArray();

        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() =>
            CreateAsync([.. (n % 2 == 0 ? keys : keys.Reverse()).Select(key => Draft(_ann, key))]))));

        made.Sum(created => created.Ids.Count).ShouldBe(50);
    }

    private static NotificationDraft Draft(Guid userId, string? key = null) => new(
        userId, Channels.Sms, "+15550100001", "hello\0", JobPriority.High, NotificationSource.Api, key);

    private async Task<CreatedNotifications> CreateAsync(NotificationDraft[] drafts)
    {
        foreach (var user in drafts.Select(draft => draft.UserId).Distinct())
            await AddUserAsync(user);
        using var grant = drafts.Any(draft => draft.Source.Kind is NotificationSource.ApiKind or NotificationSource.AccountKind)
            ? null
            : await Notifications.ReserveAsync(drafts.Select(draft => (draft.UserId, 1)), default);
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var created = await Notifications.CreateAsync(connection, transaction, drafts, [], grant, default);
        await transaction.CommitAsync();
        return created;
    }

    private Task<List<string>> PrioritiesAsync(Guid userId) => ReadAsync(
        """
        SELECT job.priority || ' ' || count(*) FROM notifications AS n JOIN scheduled_jobs AS job ON job.id = n.id
        WHERE n.user_id = $1 GROUP BY job.priority ORDER BY 1
        """,
        userId);

    private Task<List<string>> JobsOfAsync(Guid id) => ReadAsync("SELECT type || ' ' || state FROM scheduled_jobs WHERE id = $1", id);

    private async Task<Guid> IdOfAsync(Guid userId) =>
        Guid.Parse((await ReadAsync("SELECT id::text FROM notifications WHERE user_id = $1", userId)).ShouldHaveSingleItem());
}
