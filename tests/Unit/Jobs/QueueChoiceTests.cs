using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class QueueChoiceTests
{
    [Fact]
    public void Nothing_ready_is_nothing_chosen() =>
        new QueueChoice(3).Next([false, false, false]).ShouldBeNull();

    [Fact]
    public void A_higher_queue_goes_first() =>
        new QueueChoice(3).Next([false, true, true]).ShouldBe(1);

    [Fact]
    public void A_lower_queue_gets_one_batch_after_it_was_passed_over_often_enough()
    {
        var choice = new QueueChoice(2);

        var turns = Enumerable.Range(0, 18).Select(_ => choice.Next([true, true])).ToArray();

        turns.Count(queue => queue == 1).ShouldBe(2);
        turns[QueueChoice.MaxPassedOver].ShouldBe(1);
    }

    [Fact]
    public void However_many_queues_are_busy_none_starves()
    {
        var choice = new QueueChoice(5);

        var turns = Enumerable.Range(0, 200).Select(_ => choice.Next([true, true, true, true, true])!.Value).ToArray();

        for (var queue = 1; queue < 5; queue++)
            turns.Count(turn => turn == queue).ShouldBeGreaterThanOrEqualTo(200 / (QueueChoice.MaxPassedOver + 4));
        turns.Count(turn => turn == 0).ShouldBeGreaterThan(100);
    }

    [Fact]
    public void A_queue_that_was_empty_in_between_has_no_old_claim()
    {
        var choice = new QueueChoice(2);
        for (var turn = 0; turn < QueueChoice.MaxPassedOver; turn++)
            choice.Next([true, true]);
        choice.Next([true, false]);

        choice.Next([true, true]).ShouldBe(0);
    }
}
