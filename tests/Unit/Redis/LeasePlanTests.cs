using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Unit.Redis;

public sealed class LeasePlanTests
{
    private static readonly RateLimit Graph = new(10_000, TimeSpan.FromMinutes(10));

    [Fact]
    public void A_lease_is_used_for_less_than_it_counts_as_usable()
    {
        LeasePlan.Life(Graph).ShouldBe(TimeSpan.FromSeconds(18.75));
        LeasePlan.Use(Graph).ShouldBe(TimeSpan.FromSeconds(18.75) * 7 / 8);
    }

    [Fact]
    public void A_block_that_is_used_up_in_half_its_time_doubles_up_to_a_32nd_of_the_limit()
    {
        var sizes = new List<int> { LeasePlan.First(Graph) };
        while (sizes.Count < 10)
            sizes.Add(LeasePlan.Next(Graph, sizes[^1], sizes[^1], unspent: 0, TimeSpan.FromSeconds(1)));

        sizes.ShouldBe([4, 8, 16, 32, 64, 128, 256, 312, 312, 312]);
    }

    [Fact]
    public void A_block_that_lasts_longer_keeps_its_size_and_one_that_stays_half_unspent_is_halved()
    {
        var half = LeasePlan.Use(Graph) / 2;

        LeasePlan.Next(Graph, 16, 16, unspent: 0, half).ShouldBe(16);
        LeasePlan.Next(Graph, 16, 16, unspent: 0, half - TimeSpan.FromTicks(1)).ShouldBe(32);
        LeasePlan.Next(Graph, 16, 16, unspent: 8, LeasePlan.Use(Graph)).ShouldBe(16);
        LeasePlan.Next(Graph, 16, 16, unspent: 9, LeasePlan.Use(Graph)).ShouldBe(8);
        LeasePlan.Next(Graph, 1, 1, unspent: 1, LeasePlan.Use(Graph)).ShouldBe(1);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 1, 1)]
    [InlineData(20, 5, 5)]
    [InlineData(100, 8, 12)]
    [InlineData(1_000, 31, 124)]
    [InlineData(10_000, 312, 1_248)]
    public void Neither_a_block_nor_what_is_put_into_redis_is_too_much_of_a_limit(int permits, int block, int chunk)
    {
        var limit = new RateLimit(permits, TimeSpan.FromMinutes(1));

        LeasePlan.LargestBlock(limit).ShouldBe(block);
        LeasePlan.Chunk(limit, LeasePlan.LargestBlock(limit)).ShouldBe(chunk);
    }
}
