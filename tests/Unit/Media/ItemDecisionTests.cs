using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Tests.Unit.Media;

public sealed class ItemDecisionTests
{
    [Fact]
    public void What_is_done_is_done() =>
        ItemDecision.For(new EnrichmentResult.Completed("key", "image/png", 5, null), true).ShouldBe(new("completed", null, JobOutcome.Done));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_refused_fails_its_item_and_no_job(bool isLastAttempt) =>
        Decide(MediaFailure.ForGood, isLastAttempt).ShouldBe(new("failed", "for the user", JobOutcome.Done));

    [Fact]
    public void A_file_that_may_be_had_later_is_asked_for_again_and_at_last_is_dead()
    {
        Decide(MediaFailure.ForNow, false).ShouldBe(new("pending", "for the user", JobOutcome.Retry("for the operator", TimeSpan.FromSeconds(7))));
        Decide(MediaFailure.ForNow, true).ShouldBe(new("failed", "for the user", JobOutcome.Dead("for the operator")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_could_not_be_tried_waits_without_an_attempt(bool isLastAttempt) => Decide(MediaFailure.NotTried, isLastAttempt)
        .ShouldBe(new("pending", "for the user", JobOutcome.Snooze(TimeSpan.FromSeconds(7), "for the operator")));

    [Fact]
    public void Its_text_waits_for_an_item_that_is_pending_only()
    {
        Decide(MediaFailure.ForNow, false).IsSettled.ShouldBeFalse();
        Decide(MediaFailure.ForNow, true).IsSettled.ShouldBeTrue();
        Decide(MediaFailure.ForGood, false).IsSettled.ShouldBeTrue();
    }

    [Theory]
    [InlineData(404, 1, nameof(MediaFailure.ForNow))]
    [InlineData(404, 6, nameof(MediaFailure.ForGood))]
    [InlineData(410, 6, nameof(MediaFailure.ForGood))]
    [InlineData(400, 1, nameof(MediaFailure.ForGood))]
    [InlineData(304, 1, nameof(MediaFailure.ForGood))]
    [InlineData(401, 6, nameof(MediaFailure.ForNow))]
    [InlineData(403, 6, nameof(MediaFailure.ForNow))]
    [InlineData(408, 6, nameof(MediaFailure.ForNow))]
    [InlineData(429, 6, nameof(MediaFailure.ForNow))]
    [InlineData(500, 6, nameof(MediaFailure.ForNow))]
    [InlineData(503, 6, nameof(MediaFailure.ForNow))]
    public void An_answer_without_a_file_says_whether_there_may_be_one_later(int status, int minutes, string failure) =>
        MediaHttp.Failure(status, null, TimeSpan.FromMinutes(minutes)).Failure.ToString().ShouldBe(failure);

    [Fact]
    public void The_wait_that_an_answer_asks_for_is_kept_and_is_an_hour_at_most()
    {
        MediaHttp.Failure(429, TimeSpan.FromSeconds(90), default).After.ShouldBe(TimeSpan.FromSeconds(90));
        MediaHttp.Failure(503, TimeSpan.FromDays(9), default).After.ShouldBe(TimeSpan.FromHours(1));
        MediaHttp.Failure(503, null, default).After.ShouldBeNull();
    }

    private static ItemDecision Decide(MediaFailure failure, bool isLastAttempt) => ItemDecision.For(
        new EnrichmentResult.Failed(failure, "for the user", "for the operator", TimeSpan.FromSeconds(7), null), isLastAttempt);
}
