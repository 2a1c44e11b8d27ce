using Switchboard.Core.Jobs;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class SettlementTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_done_leaves_nothing_behind() =>
        Decide(JobOutcome.Done, attempt: 1).ShouldBeOfType<Settlement.Done>();

    [Fact]
    public void A_failed_attempt_waits_by_the_policy_of_its_queue_and_remembers_the_error()
    {
        var row = Decide(JobOutcome.Retry("no route"), attempt: 2).ShouldBeOfType<Settlement.Reschedule>().Row;

        row.State.ShouldBe("retrying");
        row.DueAt.ShouldBe(_now.AddSeconds(10));
        row.Message.Attempt.ShouldBe(3);
        row.Message.Errors.ShouldBe([new(2, _now, "no route")]);
    }

    [Fact]
    public void One_who_refused_and_said_until_when_is_believed() =>
        Decide(JobOutcome.Retry("busy", TimeSpan.FromMinutes(3)), attempt: 1).ShouldBeOfType<Settlement.Reschedule>()
            .Row.DueAt.ShouldBe(_now.AddMinutes(3));

    [Fact]
    public void A_time_that_is_past_already_means_now() =>
        Decide(JobOutcome.Retry("busy", TimeSpan.FromMinutes(-3)), attempt: 1).ShouldBeOfType<Settlement.Reschedule>().Row.DueAt.ShouldBe(_now);

    [Fact]
    public void The_attempt_before_the_last_is_retried_and_the_last_is_not()
    {
        Decide(JobOutcome.Retry("no"), attempt: 4).ShouldBeOfType<Settlement.Reschedule>().Row.Message.Attempt.ShouldBe(5);
        Decide(JobOutcome.Retry("no"), attempt: 5).ShouldBeOfType<Settlement.Dead>().Message.Attempt.ShouldBe(5);
    }

    [Fact]
    public void A_dead_job_keeps_the_error_of_every_attempt()
    {
        var earlier = new JobError(4, _now.AddMinutes(-1), "timeout");

        var dead = Decide(JobOutcome.Retry("refused"), attempt: 5, earlier).ShouldBeOfType<Settlement.Dead>();

        dead.Error.ShouldBe("refused");
        dead.Message.Errors.ShouldBe([earlier, new(5, _now, "refused")]);
    }

    [Fact]
    public void What_can_never_succeed_dies_at_its_first_attempt() =>
        Decide(JobOutcome.Dead("no such number"), attempt: 1).ShouldBeOfType<Settlement.Dead>().Error.ShouldBe("no such number");

    [Fact]
    public void What_was_postponed_comes_back_as_the_same_attempt_without_an_error()
    {
        var wait = Decide(JobOutcome.Snooze(TimeSpan.FromSeconds(7), "limit"), attempt: 2).ShouldBeOfType<Settlement.Reschedule>();

        wait.IsRetry.ShouldBeFalse();
        wait.Row.DueAt.ShouldBe(_now.AddSeconds(7));
        wait.Row.Message.Attempt.ShouldBe(2);
        wait.Row.Message.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void An_error_that_Postgres_could_not_store_is_made_one_that_it_can() =>
        Decide(JobOutcome.Dead("bad \0 byte and half a \ud83d pair"), attempt: 1).ShouldBeOfType<Settlement.Dead>()
            .Error.ShouldBe("bad \ufffd byte and half a \ufffd pair");

    [Fact]
    public void A_type_of_another_worker_is_sent_on_with_the_same_priority_and_waits_if_it_was_already()
    {
        var message = JobMessage.Of(new(new SampleJob(Guid.CreateVersion7(), "x", JobPriority.High)), _now) with { Type = "send-notification" };

        var there = Settlement.Elsewhere(message, _now).ShouldBeOfType<Settlement.Forward>().Message;

        there.Queue.ShouldBe(JobQueue.Of(JobWorker.Dispatch, JobPriority.High));
        there.IsForwarded.ShouldBeTrue();
        // one whose worker has another opinion sends it back
        Settlement.Elsewhere(there with { Queue = message.Queue }, _now).ShouldBeOfType<Settlement.Reschedule>().Row.DueAt.ShouldBeGreaterThan(_now);
    }

    [Fact]
    public void A_type_of_this_worker_or_of_nobody_is_not_sent_anywhere()
    {
        var message = JobMessage.Of(new(new SampleJob(Guid.CreateVersion7(), "x", JobPriority.High)), _now);

        Settlement.Elsewhere(message with { Type = "process-email" }, _now).ShouldBeNull();
        Settlement.Elsewhere(message with { Type = "nobody-knows" }, _now).ShouldBeNull();
    }

    private static Settlement Decide(JobOutcome outcome, int attempt, params JobError[] errors)
    {
        var message = JobMessage.Of(new(new SampleJob(Guid.CreateVersion7(), "x", JobPriority.High)), _now) with
        {
            Attempt = attempt,
            Errors = errors,
        };
        return Settlement.Of(outcome, message, Backoff.Exponential, _now, random: 0.5);
    }
}
