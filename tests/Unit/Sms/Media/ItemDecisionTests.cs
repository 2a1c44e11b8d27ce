using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Workers.Ingest.Providers.Twilio;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Tests.Unit.Sms.Media;

public sealed class ItemDecisionTests
{
    [Fact]
    public void What_is_done_is_done() =>
        ItemDecision.For(new EnrichmentResult.Completed("key", "image/png", 5, null), true).ShouldBe(new("completed", null, JobOutcome.Done));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_refused_fails_its_item_and_no_job(bool isLastAttempt) =>
        Decide(FailureKind.Permanent, isLastAttempt).ShouldBe(new("failed", "for the user", JobOutcome.Done));

    [Fact]
    public void A_file_that_may_be_had_later_is_asked_for_again_and_at_last_is_dead()
    {
        Decide(FailureKind.Transient, false).ShouldBe(new("pending", "for the user", JobOutcome.Retry("for the operator", TimeSpan.FromSeconds(7))));
        Decide(FailureKind.Transient, true).ShouldBe(new("failed", "for the user", JobOutcome.Dead("for the operator")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_could_not_be_tried_waits_without_an_attempt(bool isLastAttempt)
    {
        foreach (var kind in (FailureKind[])[FailureKind.Throttled, FailureKind.Unauthorized])
            Decide(kind, isLastAttempt).ShouldBe(new("pending", "for the user", JobOutcome.Snooze(TimeSpan.FromSeconds(7), "for the operator")));
    }

    [Fact]
    public void A_limit_that_the_provider_names_counts_an_attempt() => Decide(FailureKind.Throttled, false, status: 429)
        .ShouldBe(new("pending", "for the user", JobOutcome.Retry("for the operator", TimeSpan.FromSeconds(7))));

    [Fact]
    public void Its_text_waits_for_an_item_that_is_pending_only()
    {
        Decide(FailureKind.Transient, false).IsSettled.ShouldBeFalse();
        Decide(FailureKind.Transient, true).IsSettled.ShouldBeTrue();
        Decide(FailureKind.Permanent, false).IsSettled.ShouldBeTrue();
    }

    [Theory]
    [InlineData(404, 1, nameof(FailureKind.Transient))]
    [InlineData(404, 6, nameof(FailureKind.Permanent))]
    [InlineData(410, 6, nameof(FailureKind.Permanent))]
    [InlineData(400, 1, nameof(FailureKind.Permanent))]
    [InlineData(304, 1, nameof(FailureKind.Permanent))]
    [InlineData(401, 6, nameof(FailureKind.Transient))]
    [InlineData(403, 6, nameof(FailureKind.Transient))]
    [InlineData(408, 6, nameof(FailureKind.Transient))]
    [InlineData(429, 6, nameof(FailureKind.Throttled))]
    [InlineData(500, 6, nameof(FailureKind.Transient))]
    [InlineData(503, 6, nameof(FailureKind.Transient))]
    public void An_answer_without_a_file_says_whether_there_may_be_one_later(int status, int minutes, string failure) =>
        MediaErrors.Of(status, null, TimeSpan.FromMinutes(minutes)).Kind.ToString().ShouldBe(failure);

    [Fact]
    public void The_wait_that_an_answer_asks_for_is_kept()
    {
        MediaErrors.Of(429, TimeSpan.FromSeconds(90), default).RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));
        MediaErrors.Of(503, null, default).RetryAfter.ShouldBeNull();
    }

    private static ItemDecision Decide(FailureKind kind, bool isLastAttempt, int? status = null) => ItemDecision.For(
        new EnrichmentResult.Failed(new(kind, "for the user", status, TimeSpan.FromSeconds(7)), "for the operator", null), isLastAttempt);
}
