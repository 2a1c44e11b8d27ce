using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Email.Tracking;
using static Switchboard.Tests.Ingest.Mails;

namespace Switchboard.Tests.Ingest;

/// <summary>Reminders and the end of waiting. Mondays at 9:00 UTC are Mondays at 10:00 in Berlin.</summary>
public sealed class DueTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    private static readonly TrackingPolicy Reminding =
        TrackingPolicy.All with { FollowUp = new FollowUp(2, 2, "Europe/Berlin", "whatsapp", "+15550100001") };

    [Fact]
    public async Task Reminders_come_after_working_days_and_once_each_however_often_is_looked()
    {
        var account = await AccountAsync(Reminding);
        // Thursday, so that the second working day is Monday
        await RecordAsync(account, Sent("offer", 3 * 24, to: "ann@contoso.test bob@contoso.test", subject: "Offer 42"));

        await CheckAtAsync(7 * 24 - 0.001);
        (await RemindersAsync(account)).ShouldBeEmpty();
        await CheckAtAsync(7 * 24);
        await CheckAsync();
        (await RemindersAsync(account)).ShouldBe(
            ["1 tracking whatsapp +15550100001 No answer yet from ann@contoso.test and 1 more: \"Offer 42\", sent 4 days ago."]);
        await CheckAtAsync(9 * 24 - 0.001);
        (await RemindersAsync(account)).Length.ShouldBe(1);
        await CheckAtAsync(9 * 24);
        await CheckAtAsync(30 * 24);

        (await RemindersAsync(account)).Select(reminder => reminder[..1]).ShouldBe(["1", "2"]);
        (await MailAsync(account)).ShouldBe("active 2");
    }

    [Fact]
    public async Task A_reminder_is_sent_and_counted_though_the_process_dies_after_its_commit()
    {
        var account = await AccountAsync(Reminding);
        await RecordAsync(account, Sent("offer"));

        // the broker is away: what is published after the commit is as lost as if the process had died
        await CheckAtAsync(2 * 24);
        await CheckAsync();

        (await ReadAsync(
            """
            SELECT jobs.state || ' ' || split_part(notifications.dedup_key, '/', 2) FROM scheduled_jobs AS jobs
            JOIN notifications ON notifications.id = (payload ->> 'notificationId')::uuid
            WHERE jobs.type = 'send-notification' AND notifications.user_id = $1
            """,
            account.UserId)).ShouldBe(["staged 1"]);
        (await ReadAsync(
            """
            SELECT fact ->> 'kind' || ' ' || (fact ->> 'count') FROM scheduled_jobs, json_array_elements(payload -> 'facts') AS fact
            WHERE type = 'record-facts' AND (fact ->> 'userId')::uuid = $1
            """,
            account.UserId)).ShouldBe(["notification.created 1"]);
    }

    [Fact]
    public async Task Checks_at_once_share_what_is_due()
    {
        var account = await AccountAsync(Reminding);
        await Recorder().RecordAsync(account, [.. Enumerable.Range(0, 1_200).Select(n => Sent($"m{n}"))], requested: false, default);
        Time.SetUtcNow(At(2 * 24));

        await Task.WhenAll(CheckAsync(), CheckAsync(), CheckAsync());

        (await RemindersAsync(account)).Length.ShouldBe(1_200);
        (await ReadAsync("SELECT count(*) FROM tracked_emails WHERE account_id = $1 AND reminders = 1", account.Id)).ShouldBe(["1200"]);
    }

    [Fact]
    public async Task What_was_answered_or_sent_before_its_account_was_tracked_gets_no_reminder()
    {
        var account = await AccountAsync(Reminding);
        await RecordAsync(account, Sent("answered"), Received("reply", 1, answers: "answered"), Sent("old", -25));

        await CheckAtAsync(10 * 24);

        (await RemindersAsync(account)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_policy_counts_as_it_is_when_the_reminder_is_due()
    {
        var account = await AccountAsync(Reminding);
        await RecordAsync(account, Sent("offer"));

        await PolicyAsync(account, Reminding with { FollowUp = Reminding.FollowUp! with { AfterWorkingDays = 4 } });
        await CheckAtAsync(2 * 24);
        (await RemindersAsync(account)).ShouldBeEmpty();
        (await ReadAsync("SELECT remind_at = $2 AND next_check_at = $2 FROM tracked_emails WHERE account_id = $1", account.Id, At(4 * 24))).ShouldBe(["True"]);
        await PolicyAsync(account, TrackingPolicy.All);
        await CheckAtAsync(4 * 24);

        (await RemindersAsync(account)).ShouldBeEmpty();
        (await ReadAsync("SELECT remind_at IS NULL AND next_check_at = expires_at FROM tracked_emails WHERE account_id = $1", account.Id)).ShouldBe(["True"]);
    }

    [Fact]
    public async Task A_snoozed_mail_is_reminded_of_when_the_snooze_is_over()
    {
        var account = await AccountAsync(Reminding);
        await RecordAsync(account, Sent("offer"));
        await ExecuteAsync("UPDATE tracked_emails SET snoozed_until = $2 WHERE account_id = $1", account.Id, At(5 * 24));

        await CheckAtAsync(2 * 24);
        (await RemindersAsync(account)).ShouldBeEmpty();
        await CheckAtAsync(5 * 24 - 0.001);
        (await RemindersAsync(account)).ShouldBeEmpty();
        await CheckAtAsync(5 * 24);

        (await RemindersAsync(account)).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("paused")]
    [InlineData("revoked")]
    public async Task While_an_account_is_not_read_nobody_is_reminded_and_afterwards_they_are(string status)
    {
        var account = await AccountAsync(Reminding);
        await RecordAsync(account, Sent("offer"));
        await ExecuteAsync("UPDATE mailboxes SET status = $2 WHERE id = $1", account.Id, status);

        await CheckAtAsync(2 * 24);
        await CheckAtAsync(3 * 24);
        (await RemindersAsync(account)).ShouldBeEmpty();
        await ExecuteAsync("UPDATE mailboxes SET status = 'active' WHERE id = $1", account.Id);
        await CheckAtAsync(3 * 24 + 1);

        (await RemindersAsync(account)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_waited_for_in_vain_expires_whether_its_account_is_there_or_not()
    {
        var (there, gone) = (await AccountAsync(), await AccountAsync());
        await RecordAsync(there, Sent("offer"));
        await RecordAsync(gone, Sent("offer"));
        await ExecuteAsync("DELETE FROM mailboxes WHERE id = $1", gone.Id);

        await CheckAtAsync(90 * 24 - 0.001);
        (await MailAsync(there)).ShouldBe("active 0");
        await CheckAtAsync(90 * 24);

        (await MailAsync(there)).ShouldBe("expired 0");
        (await MailAsync(gone)).ShouldBe("expired 0");
        (await ReadAsync("SELECT data_version FROM mailboxes WHERE id = $1", there.Id)).ShouldBe(["2"]);
        (await ReadAsync("SELECT version FROM tracked_email_changes WHERE account_id = $1", there.Id)).ShouldBe(["2"]);
    }

    [Theory]
    [InlineData("""{"mode": "sometimes"}""")]
    [InlineData("""{"mode":"all","windowDays":90,"followUp":{"afterWorkingDays":2,"maxReminders":1,"timeZone":"Mars/Olympus","channel":"sms","recipient":"+1"}}""")]
    public async Task A_policy_that_cannot_be_read_keeps_no_other_accounts_from_their_reminders(string policy)
    {
        var (broken, good) = (await AccountAsync(Reminding), await AccountAsync(Reminding));
        await RecordAsync(broken, Sent("offer"));
        await RecordAsync(good, Sent("offer"));
        await ExecuteAsync("UPDATE mailboxes SET tracking = $2::jsonb WHERE id = $1", broken.Id, policy);

        await CheckAtAsync(2 * 24);

        (await RemindersAsync(broken)).ShouldBeEmpty();
        (await RemindersAsync(good)).Length.ShouldBe(1);
    }

    private async Task CheckAtAsync(double hours)
    {
        Time.SetUtcNow(At(hours));
        (await CheckAsync()).ShouldBe([JobOutcome.Done]);
    }

    private Task PolicyAsync(TrackedMailbox account, TrackingPolicy policy) =>
        ExecuteAsync("UPDATE mailboxes SET tracking = $2::jsonb WHERE id = $1", account.Id, TrackingJson.Write(policy));

    private Task<string[]> RemindersAsync(TrackedMailbox account) => ReadAsync(
        "SELECT concat_ws(' ', split_part(dedup_key, '/', 2), source, channel, recipient, body) FROM notifications WHERE user_id = $1 ORDER BY dedup_key", account.UserId);

    private async Task<string> MailAsync(TrackedMailbox account) =>
        (await ReadAsync("SELECT status || ' ' || reminders FROM tracked_emails WHERE account_id = $1", account.Id)).ShouldHaveSingleItem();
}
