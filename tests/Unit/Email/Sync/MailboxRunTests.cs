using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Providers.Gmail;
using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Tests.Unit.Email.Sync;

public sealed class MailboxRunTests
{
    [Fact]
    public void A_limit_is_waited_for_as_long_as_gmail_says() =>
        MailboxRun.OutcomeOf(Push(), Failure(FailureKind.Throttled, TimeSpan.FromSeconds(30)))
            .ShouldBe(JobOutcome.Retry("it failed", TimeSpan.FromSeconds(30)));

    [Fact]
    public void An_outage_is_tried_again_and_in_the_end_the_job_of_a_push_is_dead_by_its_policy()
    {
        MailboxRun.OutcomeOf(Push(), Failure(FailureKind.Transient)).ShouldBe(JobOutcome.Retry("it failed"));
        MailboxRun.OutcomeOf(Push(last: true), Failure(FailureKind.Transient)).ShouldBe(JobOutcome.Retry("it failed"));
    }

    [Fact]
    public void What_gmail_refuses_is_dead_at_once() =>
        MailboxRun.OutcomeOf(Push(), Failure(FailureKind.Permanent)).ShouldBe(JobOutcome.Dead("it failed"));

    [Fact]
    public void A_poll_leaves_no_dead_job_because_the_next_one_comes_anyway()
    {
        MailboxRun.OutcomeOf(Poll(), Failure(FailureKind.Transient)).ShouldBe(JobOutcome.Retry("it failed"));
        MailboxRun.OutcomeOf(Poll(last: true), Failure(FailureKind.Transient)).ShouldBe(JobOutcome.Done);
        MailboxRun.OutcomeOf(Poll(), Failure(FailureKind.Permanent)).ShouldBe(JobOutcome.Done);
    }

    [Fact]
    public void What_a_job_asks_for_was_done_when_the_mailbox_was_read_so_far_or_to_its_end_since()
    {
        using var gmail = new GmailScript();
        var mailbox = gmail.Mailbox(historyId: 42);

        MailboxRun.IsReadSince(mailbox, Push()).ShouldBeTrue();
        MailboxRun.IsReadSince(mailbox with { HistoryId = 41 }, Push()).ShouldBeFalse();
        MailboxRun.IsReadSince(mailbox, Poll()).ShouldBeFalse("it was never read to its end");
        MailboxRun.IsReadSince(mailbox with { SyncedAt = DateTimeOffset.UnixEpoch.AddSeconds(-1) }, Poll()).ShouldBeFalse();
        MailboxRun.IsReadSince(mailbox with { SyncedAt = DateTimeOffset.UnixEpoch.AddSeconds(1) }, Poll()).ShouldBeTrue();
    }

    private static ProviderFailure Failure(FailureKind kind, TimeSpan? retryAfter = null) => new(kind, "it failed", RetryAfter: retryAfter);

    private static JobDelivery<SyncMailbox> Push(bool last = false) => Delivery(42, last);

    private static JobDelivery<SyncMailbox> Poll(bool last = false) => Delivery(null, last);

    private static JobDelivery<SyncMailbox> Delivery(ulong? historyId, bool last) =>
        new(new(Guid.CreateVersion7(), "demo@example.com", historyId), 1, DateTimeOffset.UnixEpoch, last, false, null);
}
