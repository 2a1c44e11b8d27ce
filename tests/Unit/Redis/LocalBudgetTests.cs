using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Unit.Redis;

public sealed class LocalBudgetTests : IDisposable
{
    private const long Second = 1_000_000;
    private static readonly RateLimit Limit = new(10_000, TimeSpan.FromMinutes(10));
    private readonly LocalBudget _budget = new(Limit, TimeSpan.FromSeconds(1));

    public void Dispose() => _budget.Dispose();

    [Fact]
    public void An_empty_budget_asks_and_serves_the_asker_first()
    {
        _budget.TryTake(0, 1, out _).ShouldBeFalse();

        _budget.Put(Lease(4), 0, 1).ShouldBe(new LimitCheck(true, LimitLayer.Redis, TimeSpan.Zero));

        Take(0, 3).ShouldBe(3);
        _budget.TryTake(0, 1, out _).ShouldBeFalse();
    }

    [Fact]
    public void Permits_end_with_their_lease_to_the_microsecond_and_are_given_back_once()
    {
        _budget.Put(Lease(4, id: 9, until: 10 * Second), 0, 1);

        _budget.TryTake(10 * Second - 1, 1, out var check).ShouldBeTrue();
        check.ShouldBe(new LimitCheck(true, LimitLayer.Local, TimeSpan.Zero));
        _budget.TryTake(10 * Second, 1, out _).ShouldBeFalse();
        _budget.TakeUnspent(10 * Second, all: false).ShouldBe([new PermitLease(9, 2, 10 * Second)]);
        _budget.TakeUnspent(10 * Second, all: true).ShouldBeEmpty();
    }

    [Fact]
    public void A_lease_that_arrives_after_its_end_is_not_used_and_given_back_whole()
    {
        _budget.Put(Lease(4, id: 9, until: Second), Second, 1).ShouldSatisfyAllConditions(
            c => c.IsAllowed.ShouldBeFalse(), c => c.AnsweredBy.ShouldBe(LimitLayer.None));

        _budget.TakeUnspent(Second, all: false).ShouldBe([new PermitLease(9, 4, Second)]);
        _budget.TryTake(Second, 1, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_process_that_stops_gives_back_what_it_could_still_use_and_uses_it_no_more()
    {
        _budget.Put(Lease(4, id: 9, until: 10 * Second), 0, 1);

        _budget.TakeUnspent(0, all: true).ShouldBe([new PermitLease(9, 3, 10 * Second)]);
        _budget.TryTake(0, 1, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_refusal_is_answered_here_until_it_is_time_to_ask_again()
    {
        _budget.Put(new(LimitLayer.Postgres, null, TimeSpan.FromSeconds(30)), 0, 5).ShouldBe(
            new LimitCheck(false, LimitLayer.Postgres, TimeSpan.FromSeconds(30)));

        _budget.TryTake(Second - 1, 5, out var check).ShouldBeTrue();
        check.ShouldSatisfyAllConditions(
            c => c.IsAllowed.ShouldBeFalse(),
            c => c.AnsweredBy.ShouldBe(LimitLayer.Local),
            c => c.RetryAfter.ShouldBe(TimeSpan.FromMicroseconds(29_000_001)));
        _budget.TryTake(Second, 5, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_refusal_of_five_says_nothing_of_four()
    {
        _budget.Put(new(LimitLayer.Postgres, null, TimeSpan.FromSeconds(30)), 0, 5);

        _budget.TryTake(0, 4, out _).ShouldBeFalse();
        _budget.TryTake(0, 6, out _).ShouldBeTrue();
    }

    [Fact]
    public void The_block_grows_with_use_and_shrinks_when_it_stays_unspent()
    {
        _budget.NextBlock(1).ShouldBe(4);
        _budget.Put(Lease(4), 0, 1);
        Take(0, 3);
        _budget.NextBlock(1).ShouldBe(8);
        _budget.NextBlock(20).ShouldBe(20);

        _budget.Put(Lease(8, until: 16 * Second), 0, 1);
        _budget.TryTake(16 * Second, 1, out _);
        _budget.NextBlock(1).ShouldBe(4);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_as_many_get_a_permit_as_there_are()
    {
        _budget.Put(Lease(1_001), 0, 1);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Take(0, 500))));

        taken.Sum().ShouldBe(1_000);
    }

    [Fact]
    public void A_budget_that_nobody_asks_is_idle_after_a_while_and_not_while_it_has_anything()
    {
        _budget.Put(Lease(4, until: 10 * Second), 0, 1);
        _budget.IsIdle(5 * Second).ShouldBeFalse();

        _budget.TakeUnspent(10 * Second, all: false);

        _budget.IsIdle(19 * Second).ShouldBeTrue();
    }

    private static LeaseAnswer Lease(int permits, long id = 1, long until = 16 * Second) =>
        new(LimitLayer.Redis, new PermitLease(id, permits, until), TimeSpan.Zero);

    private int Take(long now, int times) =>
        Enumerable.Range(0, times).Count(_ => _budget.TryTake(now, 1, out var check) && check.IsAllowed);
}
