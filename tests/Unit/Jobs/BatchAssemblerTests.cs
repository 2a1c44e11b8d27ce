using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Jobs;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class BatchAssemblerTests
{
    private static readonly HandledJob _handled = new HandledJob<SampleJob, SampleHandler>(maxBatch: 3, concurrentBatches: 1);
    private static readonly HandledJob _two = new HandledJob<SampleJob, SampleHandler>(maxBatch: 3, concurrentBatches: 2);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeQueue _normal = new(JobPriority.Normal);
    private readonly BatchAssembler _assembler;
    private ulong _tag;

    public BatchAssemblerTests() => _assembler = new(_time, TimeSpan.FromMilliseconds(4), TimeSpan.FromMilliseconds(16));

    [Fact]
    public void A_job_waits_for_others_until_the_window_closes()
    {
        Arrive(_normal);
        _time.Advance(TimeSpan.FromMilliseconds(3));
        Arrive(_normal);

        _assembler.Take(out var wait).ShouldBeNull();
        wait.ShouldBe(TimeSpan.FromMilliseconds(1));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _assembler.Take(out _)!.Jobs.Count.ShouldBe(2);
    }

    [Fact]
    public void A_full_batch_does_not_wait()
    {
        for (var i = 0; i < 4; i++)
            Arrive(_normal);

        _assembler.Take(out _)!.Jobs.Count.ShouldBe(3);
    }

    [Fact]
    public void The_next_batch_of_a_type_begins_an_interval_after_the_last_and_has_all_that_came_meanwhile()
    {
        Arrive(_normal, _two);
        _time.Advance(TimeSpan.FromMilliseconds(4));
        _assembler.Take(out _)!.Jobs.Count.ShouldBe(1);

        Arrive(_normal, _two);
        _time.Advance(TimeSpan.FromMilliseconds(14));
        Arrive(_normal, _two);
        _assembler.Take(out var wait).ShouldBeNull();
        wait.ShouldBe(TimeSpan.FromMilliseconds(2));
        _time.Advance(TimeSpan.FromMilliseconds(2));
        _assembler.Take(out _)!.Jobs.Count.ShouldBe(2);
    }

    [Fact]
    public void A_full_batch_does_not_wait_for_the_interval()
    {
        for (var i = 0; i < 6; i++)
            Arrive(_normal, _two);

        _assembler.Take(out _)!.Jobs.Count.ShouldBe(3);
        _assembler.Take(out _)!.Jobs.Count.ShouldBe(3);
    }

    [Fact]
    public void The_interval_of_one_queue_holds_up_no_other_of_its_type()
    {
        var low = new FakeQueue(JobPriority.Low);
        Arrive(_normal, _two);
        _time.Advance(TimeSpan.FromMilliseconds(4));
        _assembler.Take(out _)!.Source.ShouldBe(_normal);

        Arrive(low, new HandledJob<SampleJob, SampleHandler>(maxBatch: 3, concurrentBatches: 3));
        _time.Advance(TimeSpan.FromMilliseconds(4));
        _assembler.Take(out _)!.Source.ShouldBe(low);
    }

    [Fact]
    public void A_job_that_comes_after_the_interval_waits_for_the_window_alone()
    {
        Arrive(_normal);
        _time.Advance(TimeSpan.FromMilliseconds(4));
        _assembler.Finished(_assembler.Take(out _)!);

        _time.Advance(TimeSpan.FromMilliseconds(16));
        Arrive(_normal);
        _assembler.Take(out var wait).ShouldBeNull();
        wait.ShouldBe(TimeSpan.FromMilliseconds(4));
    }

    [Fact]
    public void A_type_with_a_window_of_its_own_has_no_interval()
    {
        var handled = new HandledJob<SampleJob, SampleHandler>(maxBatch: 3, concurrentBatches: 2, TimeSpan.Zero);
        Arrive(_normal, handled);
        _assembler.Take(out _).ShouldNotBeNull();

        Arrive(_normal, handled);
        _assembler.Take(out _).ShouldNotBeNull();
    }

    [Fact]
    public void A_type_has_no_more_batches_in_work_than_it_may()
    {
        for (var i = 0; i < 6; i++)
            Arrive(_normal);
        var first = _assembler.Take(out _)!;

        _assembler.Take(out _).ShouldBeNull();
        _assembler.Finished(first);
        _assembler.Take(out _).ShouldNotBeNull();
    }

    [Fact]
    public void What_goes_behind_others_of_its_type_keeps_a_place_free_for_them()
    {
        var (low, handled) = (new FakeQueue(JobPriority.Low), new HandledJob<SampleJob, SampleHandler>(maxBatch: 1, concurrentBatches: 2));
        for (var i = 0; i < 3; i++)
            Arrive(low, handled);
        _assembler.Take(out _)!.Source.ShouldBe(low);
        _assembler.Take(out _).ShouldBeNull();

        Arrive(_normal, handled);
        _time.Advance(TimeSpan.FromMilliseconds(4));

        _assembler.Take(out _)!.Source.ShouldBe(_normal);
    }

    [Fact]
    public void The_higher_queue_is_served_first_whatever_came_first()
    {
        var critical = new FakeQueue(JobPriority.Critical);
        Arrive(_normal);
        Arrive(critical);
        _time.Advance(TimeSpan.FromMilliseconds(4));

        _assembler.Take(out _)!.Source.ShouldBe(critical);
    }

    [Fact]
    public void Deliveries_of_a_lost_channel_are_dropped_and_never_mixed_with_new_ones()
    {
        Arrive(_normal);
        _normal.Lose();
        _assembler.DropLost();
        var again = new FakeQueue(JobPriority.Normal);
        Arrive(again);
        Arrive(_normal);
        _time.Advance(TimeSpan.FromMilliseconds(4));

        var batch = _assembler.Take(out _)!;

        batch.Jobs.Single().Source.ShouldBe(again);
    }

    [Fact]
    public void Poison_of_a_queue_and_dead_letters_are_settled_apart()
    {
        Arrive(new FakeQueue(JobPriority.VeryLow), handled: null);
        Arrive(new FakeQueue(JobPriority.VeryLow, isDeadLetter: true), handled: null);
        _time.Advance(TimeSpan.FromMilliseconds(4));

        _assembler.Take(out _)!.Jobs.Count.ShouldBe(1);
        _assembler.Take(out _)!.Jobs.Count.ShouldBe(1);
    }

    private void Arrive(FakeQueue queue) => Arrive(queue, _handled);

    private void Arrive(FakeQueue queue, HandledJob? handled)
    {
        var message = JobMessage.Of(new(new SampleJob(Guid.CreateVersion7(), "x")), _time.GetUtcNow());
        _assembler.Add(handled, new(message, queue, new Delivery(++_tag, 1), _time.GetTimestamp()));
    }
}
