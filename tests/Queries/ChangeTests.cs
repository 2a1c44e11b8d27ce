using Switchboard.Core.Email;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Tests.Queries;

/// <summary>Stopping, going on and snoozing, on the real database.</summary>
public sealed class ChangeTests(SeededDatabase seeded)
{
    private static readonly ChangeTrackedEmailRequest Stop = new() { Status = TrackedStatus.Stopped };
    private static readonly ChangeTrackedEmailRequest Resume = new() { Status = TrackedStatus.Active };
    private static readonly DateTimeOffset Now = SeededDatabase.End;

    [Fact]
    public async Task A_mail_that_is_stopped_counts_as_stopped_at_once_and_its_account_has_another_version()
    {
        var mail = await AnyAsync("active");
        var version = await VersionAsync(mail.AccountId);

        var stopped = await ChangeAsync(mail.Id, Stop);

        stopped.Mail.ShouldNotBeNull().Status.ShouldBe("stopped");
        stopped.Mail.StoppedAt.ShouldBe(Now);
        (await VersionAsync(mail.AccountId)).ShouldBe(version + 1);
        (await ChangesAsync(mail)).ShouldBe(1);
        (await ChangeAsync(mail.Id, Stop)).Mail.ShouldBeEquivalentTo(stopped.Mail);
        (await VersionAsync(mail.AccountId)).ShouldBe(version + 1, "the second time nothing changes");
    }

    [Fact]
    public async Task What_was_answered_while_it_was_stopped_is_responded_when_it_goes_on()
    {
        var mail = await AnyAsync("active");
        await ChangeAsync(mail.Id, Stop);
        await seeded.DataSource.Command(
            """
            INSERT INTO received_emails (id, account_id, message_key, subject_key, names, provider_id, internet_message_id, sender, subject, kind,
                                         is_answer_subject, received_at, tracked_email_id, matched_by, created_at)
            SELECT gen_random_uuid(), account_id, gen_random_uuid(), subject_key, '{}', 'p', '<late@x.test>', recipient, 'Re', 'reply', true,
                   sent_at + interval '90 seconds', id, 'reference', now()
            FROM tracked_emails WHERE id = $1
            """,
            mail.Id).RunAsync(default);

        var resumed = (await ChangeAsync(mail.Id, Resume)).Mail.ShouldNotBeNull();

        resumed.Status.ShouldBe("responded");
        resumed.ResponseSeconds.ShouldBe(90);
        resumed.Responses.ShouldBe(1);
        resumed.StoppedAt.ShouldBeNull();
        (await seeded.DataSource.Command(
            """
            SELECT fact ->> 'kind' || ' ' || (fact ->> 'deliveryMs') FROM scheduled_jobs, json_array_elements(payload -> 'facts') AS fact
            WHERE type = 'record-facts' AND fact ->> 'subjectId' = $1
            """,
            mail.Id.ToString()).ListAsync(row => row.GetString(0), default)).ShouldBe(["email.replied 90000"]);
    }

    [Fact]
    public async Task One_that_went_on_too_late_is_expired_and_one_in_time_is_active()
    {
        var old = await AnyAsync("expired");
        await ChangeAsync(old.Id, Stop);
        var young = await AnyAsync("active");
        await ChangeAsync(young.Id, Stop);

        (await ChangeAsync(old.Id, Resume)).Mail.ShouldNotBeNull().Status.ShouldBe("expired");
        (await ChangeAsync(young.Id, Resume)).Mail.ShouldNotBeNull().Status.ShouldBe("active");
    }

    [Fact]
    public async Task A_snooze_moves_the_next_check_and_nothing_that_is_answered_can_be_stopped_or_snoozed()
    {
        var mail = await AnyAsync("active");
        await seeded.DataSource.Command("UPDATE tracked_emails SET remind_at = $2 WHERE id = $1", mail.Id, Now.AddDays(1)).RunAsync(default);

        var snoozed = await ChangeAsync(mail.Id, new() { SnoozeUntil = Now.AddDays(3) });

        snoozed.Mail.ShouldNotBeNull().SnoozedUntil.ShouldBe(Now.AddDays(3));
        (await seeded.DataSource.Command("SELECT next_check_at FROM tracked_emails WHERE id = $1", mail.Id)
            .ListAsync(row => row.GetFieldValue<DateTimeOffset>(0), default)).ShouldBe([Now.AddDays(3)]);
        var answered = await AnyAsync("responded");
        (await ChangeAsync(answered.Id, Stop)).Refusal.ShouldNotBeNull().ShouldContain("responded");
        (await ChangeAsync(answered.Id, new() { SnoozeUntil = Now.AddDays(1) })).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public async Task Another_user_changes_and_sees_nothing_of_it()
    {
        var mail = await AnyAsync("active");
        var otherUser = Guid.CreateVersion7(Now);

        (await Store.ChangeAsync(mail.Id, otherUser, Stop, Now, default)).ShouldBe(new(null, null));
        (await Store.FindAsync(mail.Id, otherUser, default)).ShouldBeNull();
        (await new AccountStore(seeded.DataSource).FindOwnedAsync(otherUser, [mail.AccountId], default)).Ids.ShouldBeEmpty();
        (await Store.FindAsync(mail.Id, SeededDatabase.UserId, default)).ShouldNotBeNull().Status.ShouldBe("active");
    }

    private TrackedEmailStore Store => new(seeded.DataSource, new(seeded.DataSource, TimeProvider.System), TimeProvider.System);

    private Task<TrackedEmailChange> ChangeAsync(Guid id, ChangeTrackedEmailRequest request) =>
        Store.ChangeAsync(id, SeededDatabase.UserId, request, Now, default);

    private async Task<TrackedEmailResponse> AnyAsync(string status) => (await SelectTrackedEmails.ExecuteAsync(
        seeded.DataSource, seeded.Queries, ListQueries.Of(await seeded.OwnedAsync(seeded.Accounts[8]), take: 1) with { Status = status }, default)).Items[0];

    private Task<long> VersionAsync(Guid accountId) =>
        seeded.DataSource.Command("SELECT data_version FROM mailboxes WHERE id = $1", accountId).ScalarAsync<long>(default);

    private Task<long> ChangesAsync(TrackedEmailResponse mail) => seeded.DataSource.Command(
        "SELECT count(*) FROM tracked_email_changes WHERE account_id = $1 AND hour = date_bin('1 hour', $2, '0001-01-01 00:00Z')", mail.AccountId, mail.SentAt)
        .ScalarAsync<long>(default);
}
