using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Tests.Unit.Notifications;

public sealed class SendDecisionTests
{
    private static readonly TimeSpan InDoubt = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(7);

    [Fact]
    public void What_was_taken_is_sent_and_done()
    {
        var decision = Decide(new SendResult.Accepted("wamid.1", 200));

        decision.ShouldBe(new SendDecision(DeliveryStatus.Sent, "sent", JobOutcome.Done, null, 200, "wamid.1"));
    }

    [Fact]
    public void What_was_refused_for_good_is_failed_and_dead() =>
        Decide(new ProviderFailure(FailureKind.Permanent, "no", 400))
            .ShouldBe(new SendDecision(DeliveryStatus.Failed, "permanent", JobOutcome.Dead("no"), "no", 400));

    [Fact]
    public void What_was_not_sent_is_pending_again_and_retried_when_the_provider_said() =>
        Decide(new ProviderFailure(FailureKind.Transient, "down", 503, After))
            .ShouldBe(new SendDecision(DeliveryStatus.Pending, "transient", JobOutcome.Retry("down", After), "down", 503));

    [Fact]
    public void The_last_attempt_that_was_not_sent_is_failed_and_dead() =>
        Decide(new ProviderFailure(FailureKind.Transient, "down", 503, After), isLastAttempt: true)
            .ShouldBe(new SendDecision(DeliveryStatus.Failed, "transient", JobOutcome.Dead("down"), "down", 503));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_limit_of_the_provider_costs_no_attempt_of_the_job_not_even_the_last(bool isLastAttempt) =>
        Decide(new ProviderFailure(FailureKind.Throttled, "slow down", 429, After), isLastAttempt)
            .ShouldBe(new SendDecision(DeliveryStatus.Pending, "transient", JobOutcome.Snooze(After, "slow down"), "slow down", 429));

    [Fact]
    public void What_may_have_been_sent_stays_sending_until_its_status_had_time_to_come() =>
        Decide(new ProviderFailure(FailureKind.UnknownOutcome, "no answer"))
            .ShouldBe(new SendDecision(DeliveryStatus.Sending, "unknown", JobOutcome.Retry("no answer", InDoubt), "no answer"));

    [Fact]
    public void The_last_attempt_without_an_answer_is_failed_and_a_late_delivery_may_still_prove_it_wrong()
    {
        Decide(new ProviderFailure(FailureKind.UnknownOutcome, "no answer"), isLastAttempt: true)
            .ShouldBe(new SendDecision(DeliveryStatus.Failed, "unknown", JobOutcome.Dead("no answer"), "no answer"));
        DeliveryStatuses.CanMove(DeliveryStatus.Failed, DeliveryStatus.Delivered).ShouldBeTrue();
    }

    [Fact]
    public void What_was_not_tried_is_given_back_without_an_attempt() =>
        Decide(new SendResult.Deferred("limit", After), isLastAttempt: true)
            .ShouldBe(new SendDecision(DeliveryStatus.Pending, null, JobOutcome.Snooze(After, "limit"), "limit"));

    [Fact]
    public void An_open_circuit_and_an_account_that_needs_its_operator_are_no_attempts_either()
    {
        Decide(new ProviderFailure(FailureKind.Throttled, "circuit", RetryAfter: After), isLastAttempt: true)
            .ShouldBe(new SendDecision(DeliveryStatus.Pending, null, JobOutcome.Snooze(After, "circuit"), "circuit"));
        Decide(new ProviderFailure(FailureKind.Unauthorized, "token", 401, After), isLastAttempt: true)
            .ShouldBe(new SendDecision(DeliveryStatus.Pending, null, JobOutcome.Snooze(After, "token"), "token"));
    }

    [Theory]
    [InlineData(DeliveryStatus.Sent)]
    [InlineData(DeliveryStatus.Delivered)]
    [InlineData(DeliveryStatus.Read)]
    public void A_status_that_was_faster_than_the_answer_ends_the_job(DeliveryStatus met)
    {
        Decide(new ProviderFailure(FailureKind.UnknownOutcome, "no answer")).OutcomeAfter(met).ShouldBe(JobOutcome.Done);
        Decide(new SendResult.Accepted("wamid.1", 200)).OutcomeAfter(met).ShouldBe(JobOutcome.Done);
    }

    [Fact]
    public void An_answer_recorded_twice_because_its_commit_was_in_doubt_has_its_outcome_all_the_same()
    {
        Decide(new ProviderFailure(FailureKind.Transient, "down")).OutcomeAfter(DeliveryStatus.Pending).ShouldBe(JobOutcome.Retry("down"));
        Decide(new ProviderFailure(FailureKind.Permanent, "no")).OutcomeAfter(DeliveryStatus.Failed).ShouldBe(JobOutcome.Dead("no"));
    }

    private static SendDecision Decide(SendResult answer, bool isLastAttempt = false) => SendDecision.For(answer, isLastAttempt, InDoubt);
}
