using System.Net;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Platform;

public sealed class AddressLimitsTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.0", "::", false)]
    public void An_address_of_IPv6_counts_with_its_64(string one, string other, bool isSame) =>
        (ClientNetwork.Of(IPAddress.Parse(one)) == ClientNetwork.Of(IPAddress.Parse(other))).ShouldBe(isSame);

    [Fact]
    public void As_many_as_the_policy_says_go_on_and_permits_come_back_one_by_one()
    {
        var budgets = Budgets(permits: 60);
        for (var left = 59; left >= 0; left--)
            budgets.Take(Network(1)).ShouldSatisfyAllConditions(
                permit => permit.IsAllowed.ShouldBeTrue(), permit => permit.Remaining.ShouldBe(left));

        var refused = budgets.Take(Network(1));
        refused.IsAllowed.ShouldBeFalse();
        refused.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        budgets.Look(Network(1)).IsAllowed.ShouldBeFalse();
        budgets.Take(Network(2)).IsAllowed.ShouldBeTrue("another network counts for itself");

        _time.Advance(TimeSpan.FromSeconds(1));
        budgets.Take(Network(1)).IsAllowed.ShouldBeTrue();
        budgets.Take(Network(1)).IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public void What_is_owed_is_paid_before_the_next_goes_on()
    {
        var budgets = Budgets(permits: 60);
        budgets.Take(Network(1), permits: 90).IsAllowed.ShouldBeTrue();

        _time.Advance(TimeSpan.FromSeconds(30));
        budgets.Take(Network(1)).IsAllowed.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        budgets.Take(Network(1)).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void Whatever_addresses_are_tried_no_more_than_the_cap_are_remembered_and_newcomers_share_a_limit()
    {
        var budgets = Budgets(permits: 2, cap: 1_000);
        for (var sender = 0; sender < 1_000; sender++)
            budgets.Take(Network(sender)).IsAllowed.ShouldBeTrue();
        budgets.Count.ShouldBe(1_000);

        budgets.Take(Network(5_001)).IsAllowed.ShouldBeTrue();
        budgets.Take(Network(5_002)).IsAllowed.ShouldBeTrue();
        budgets.Take(Network(5_003)).IsAllowed.ShouldBeFalse("the newcomers' limit is used up");
        budgets.Look(Network(5_004)).IsAllowed.ShouldBeFalse();
        budgets.Take(Network(7)).IsAllowed.ShouldBeTrue("who was there before has its own");
        budgets.Count.ShouldBe(1_000);

        _time.Advance(TimeSpan.FromMinutes(1));
        budgets.Take(Network(5_003)).IsAllowed.ShouldBeTrue();
        budgets.Count.ShouldBe(1, "those that have all of theirs again are dropped by time");
    }

    private AddressBudgets Budgets(int permits, int cap = 10_000) =>
        new(RateLimitPolicy.From("test", new() { Permits = permits, WindowSeconds = 60 }), cap, _time);

    private static ClientNetwork Network(int sender) => ClientNetwork.Of(new IPAddress(0x0100000AL + ((long)sender << 8 & 0xFFFFFF00)));
}
