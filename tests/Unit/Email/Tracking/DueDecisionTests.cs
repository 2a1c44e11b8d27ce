using Switchboard.Core.Email;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Unit.Email.Tracking;

public sealed class DueDecisionTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Retry = TimeSpan.FromHours(1);
    private static readonly DueAccount Account = new(true, new FollowUp(2, 3, "UTC", "sms", "+1"), Monday.AddDays(-1));
    private static readonly DueMail Mail = new(
        Guid.Empty, Guid.Empty, Guid.Empty, "Offer", "ann@contoso.test", 1, Monday, Monday.AddDays(90), Monday.AddDays(2), 0, null, null);

    [Fact]
    public void It_is_reminded_of_at_its_moment_and_not_before()
    {
        Decide(Mail, Monday.AddDays(2)).ShouldBe(new DueDecision(DueAction.Remind, Monday.AddDays(4), Monday.AddDays(4)));
        Decide(Mail, Monday.AddDays(2).AddTicks(-1)).ShouldBe(new DueDecision(DueAction.Later, Monday.AddDays(2), Monday.AddDays(2)));
    }

    [Fact]
    public void The_next_one_counts_from_when_the_last_one_was_sent()
    {
        var late = Mail with { Reminders = 1, RemindedAt = Monday.AddDays(3), RemindAt = Monday.AddDays(7) };

        Decide(late, Monday.AddDays(4)).ShouldBe(new DueDecision(DueAction.Later, Monday.AddDays(7), Monday.AddDays(7)));
        Decide(late, Monday.AddDays(7)).Action.ShouldBe(DueAction.Remind);
    }

    [Fact]
    public void After_the_last_one_only_its_end_is_waited_for() =>
        Decide(Mail with { Reminders = 2, RemindedAt = Monday.AddDays(4) }, Monday.AddDays(8))
            .ShouldBe(new DueDecision(DueAction.Remind, null, Mail.ExpiresAt));

    [Fact]
    public void One_whose_last_reminder_was_deleted_keeps_its_plan() =>
        Decide(Mail with { Reminders = 1, RemindAt = Monday.AddDays(9) }, Monday.AddDays(8))
            .ShouldBe(new DueDecision(DueAction.Later, Monday.AddDays(9), Monday.AddDays(9)));

    [Fact]
    public void It_ends_at_its_end_whatever_else_is_due()
    {
        Decide(Mail, Mail.ExpiresAt).ShouldBe(new DueDecision(DueAction.Expire, null, Mail.ExpiresAt));
        DueDecision.Of(Mail, null, Mail.ExpiresAt, Retry).Action.ShouldBe(DueAction.Expire);
        Decide(Mail, Mail.ExpiresAt.AddTicks(-1)).Action.ShouldBe(DueAction.Remind);
    }

    [Fact]
    public void While_its_account_is_not_read_it_waits_but_not_past_its_end()
    {
        var now = Monday.AddDays(3);
        var paused = Account with { IsActive = false };

        DueDecision.Of(Mail, paused, now, Retry).ShouldBe(new DueDecision(DueAction.Later, Mail.RemindAt, now + Retry));
        DueDecision.Of(Mail, null, now, Retry).ShouldBe(new DueDecision(DueAction.Later, Mail.RemindAt, now + Retry));
        DueDecision.Of(Mail, paused, Mail.ExpiresAt.AddMinutes(-1), Retry).NextCheckAt.ShouldBe(Mail.ExpiresAt);
    }

    [Fact]
    public void A_reminder_says_whom_about_what_and_since_when()
    {
        ReminderText.Of(Mail, Monday.AddDays(2)).ShouldBe("No answer yet from ann@contoso.test: \"Offer\", sent 2 days ago.");
        ReminderText.Of(Mail with { Recipients = 3, Subject = " " }, Monday.AddHours(30))
            .ShouldBe("No answer yet from ann@contoso.test and 2 more: (no subject), sent 30 hours ago.");
        ReminderText.Of(Mail with { Recipient = "", Recipients = 0 }, Monday.AddHours(24))
            .ShouldBe("No answer yet from anybody: \"Offer\", sent 24 hours ago.");
        ReminderText.Of(Mail with { Subject = new string('x', 199) + "🦊🦊" }, Monday.AddHours(24))
            .ShouldBe($"No answer yet from ann@contoso.test: \"{new string('x', 199)}…\", sent 24 hours ago.");
    }

    private static DueDecision Decide(DueMail mail, DateTimeOffset now) => DueDecision.Of(mail, Account, now, Retry);
}
