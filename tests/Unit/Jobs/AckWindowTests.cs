using Switchboard.Core.RabbitMq;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class AckWindowTests
{
    private readonly AckWindow _window = new();

    [Fact]
    public void One_acknowledgement_stands_for_all_that_are_settled_without_a_gap()
    {
        Settle(3, 1, 2);

        _window.Take(stragglersToo: false).ShouldBe([new(3, Multiple: true)]);
    }

    [Fact]
    public void A_single_one_is_acknowledged_by_itself()
    {
        Settle(1);

        _window.Take(stragglersToo: false).ShouldBe([new(1, Multiple: false)]);
    }

    [Fact]
    public void Nothing_behind_a_gap_is_acknowledged_before_its_time()
    {
        Settle(2, 3);

        _window.Take(stragglersToo: false).ShouldBeEmpty();
        _window.HasStragglers.ShouldBeTrue();
    }

    [Fact]
    public void A_gap_that_closes_takes_those_behind_it_along()
    {
        Settle(2, 3);
        _window.Take(stragglersToo: false);
        Settle(1);

        _window.Take(stragglersToo: false).ShouldBe([new(3, Multiple: true)]);
        _window.HasStragglers.ShouldBeFalse();
    }

    [Fact]
    public void Those_that_have_waited_long_enough_go_one_by_one_and_never_again()
    {
        Settle(2, 4);
        _window.Take(stragglersToo: true).ShouldBe([new(2, false), new(4, false)]);
        Settle(1, 3);

        // 4 is gone already: naming it would close the channel
        _window.Take(stragglersToo: false).ShouldBe([new(3, Multiple: true)]);
        Settle(5);
        _window.Take(stragglersToo: false).ShouldBe([new(5, Multiple: false)]);
    }

    [Fact]
    public void Any_order_of_settling_acknowledges_each_delivery_exactly_once()
    {
        var random = new Random(7);
        var tags = Enumerable.Range(1, 2000).Select(tag => (ulong)tag).ToArray();
        random.Shuffle(tags);
        var open = tags.ToHashSet();

        foreach (var chunk in tags.Chunk(37))
        {
            Settle(chunk);
            foreach (var ack in _window.Take(stragglersToo: random.Next(4) == 0))
            {
                open.Remove(ack.Tag).ShouldBeTrue();
                if (ack.Multiple)
                    open.RemoveWhere(tag => tag < ack.Tag);
            }
        }

        open.ShouldBeEmpty();
    }

    private void Settle(params ulong[] tags)
    {
        foreach (var tag in tags)
            _window.Settle(tag);
    }
}
