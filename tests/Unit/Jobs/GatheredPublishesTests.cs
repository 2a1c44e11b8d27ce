using Switchboard.Core.Jobs;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class GatheredPublishesTests
{
    private readonly GatheredPublishes _publishes = new();

    [Fact]
    public void Where_nothing_is_under_way_a_job_goes_at_once_and_alone()
    {
        Add(1);

        _publishes.Take()!.Jobs.Count.ShouldBe(1);
        _publishes.Take().ShouldBeNull();
    }

    [Fact]
    public void What_comes_while_messages_are_under_way_goes_together_into_the_next()
    {
        Fill(JobPriority.Normal);
        var (first, second) = (Add(1), Add(2));
        _publishes.Take().ShouldBeNull();

        _publishes.Confirm(1, multiple: false);

        _publishes.Take()!.Jobs.Count.ShouldBe(3);
        _publishes.Confirm(3, multiple: true);
        first.Answered.IsCompletedSuccessfully.ShouldBeTrue();
        second.Answered.IsCompletedSuccessfully.ShouldBeTrue();
        _publishes.Count.ShouldBe(0);
    }

    [Fact]
    public void A_queue_that_the_broker_does_not_answer_for_holds_up_no_other()
    {
        Fill(JobPriority.Normal);
        Add(1);

        Add(1, JobPriority.Low);

        _publishes.Take()!.Queue.Priority.ShouldBe(JobPriority.Low);
        _publishes.Take().ShouldBeNull();
    }

    [Fact]
    public void A_message_is_bounded_by_number_and_by_size()
    {
        Add(JobEnvelope.MaxJobs + 1);
        _publishes.Take()!.Jobs.Count.ShouldBe(JobEnvelope.MaxJobs);
        _publishes.Take()!.Jobs.Count.ShouldBe(1);
        _publishes.Confirm(2, multiple: true);

        _publishes.Add(new([Large(), Large(), Message(JobPriority.Normal)]));
        _publishes.Take()!.Jobs.Count.ShouldBe(1);
        _publishes.Take()!.Jobs.Count.ShouldBe(1);

        static JobMessage Large() => Message(JobPriority.Normal) with { Body = new byte[JobEnvelope.MaxBytes] };
    }

    [Fact]
    public void What_may_be_no_job_at_all_travels_by_itself()
    {
        _publishes.Add(new([Message(JobPriority.Normal), Message(JobPriority.Normal) with { IsAlone = true }, Message(JobPriority.Normal)]));

        _publishes.Take()!.Jobs.Count.ShouldBe(1);
        _publishes.Take()!.Jobs.ShouldHaveSingleItem().Message.IsAlone.ShouldBeTrue();
    }

    [Fact]
    public void A_caller_is_answered_when_each_of_its_messages_is_and_no_message_counts_twice()
    {
        var batch = Add(JobEnvelope.MaxJobs * 2);
        _publishes.Take();
        _publishes.Take();

        _publishes.Confirm(2, multiple: false);
        _publishes.Confirm(2, multiple: false);
        batch.Answered.IsCompleted.ShouldBeFalse();
        _publishes.Confirm(2, multiple: true);

        batch.Answered.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusal_fails_those_whose_jobs_were_in_the_message()
    {
        var refused = Add(1);
        _publishes.Take();
        var other = Add(1);
        _publishes.Take();

        _publishes.Refuse(1, multiple: false);

        await Should.ThrowAsync<BrokerUnavailableException>(refused.Answered);
        other.Answered.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task What_all_have_given_up_makes_room_for_others()
    {
        var (first, second) = (Add(1), Add(1));
        _publishes.Take()!.Jobs.Count.ShouldBe(2);
        Add(1);
        _publishes.Take();
        var waiting = Add(1);

        _publishes.Forget(first, new TimeoutException());
        _publishes.Take().ShouldBeNull();
        _publishes.Forget(second, new TimeoutException());

        await Should.ThrowAsync<BrokerUnavailableException>(first.Answered);
        _publishes.Take()!.Jobs.ShouldHaveSingleItem().Batch.ShouldBe(waiting);
        _publishes.Confirm(2, multiple: true);
        waiting.Answered.IsCompleted.ShouldBeFalse();
        _publishes.Confirm(3, multiple: true);
        waiting.Answered.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lost_channel_fails_all_that_wait_and_all_that_come()
    {
        var written = Add(1);
        _publishes.Take();
        var waiting = Add(1);

        _publishes.Close(new IOException("gone"));

        foreach (var batch in new[] { written, waiting, Add(1) })
            (await Should.ThrowAsync<BrokerUnavailableException>(batch.Answered)).Message.ShouldContain("gone");
        _publishes.Count.ShouldBe(0);
        _publishes.Confirm(1, multiple: true);
    }

    private void Fill(JobPriority priority)
    {
        for (var message = 0; message < GatheredPublishes.MaxUnderWay; message++)
        {
            Add(1, priority);
            _publishes.Take().ShouldNotBeNull();
        }
    }

    private PublishBatch Add(int jobs, JobPriority priority = JobPriority.Normal)
    {
        var batch = new PublishBatch([.. Enumerable.Range(0, jobs).Select(_ => Message(priority))]);
        _publishes.Add(batch);
        return batch;
    }

    private static JobMessage Message(JobPriority priority) =>
        JobMessage.Of(new(new SampleJob(Guid.CreateVersion7(), "x", priority)), DateTimeOffset.UnixEpoch);
}
