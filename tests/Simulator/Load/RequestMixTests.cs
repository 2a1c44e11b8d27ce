using Switchboard.Load.Api;
using Switchboard.Load.Tracking.TrackedApi;

namespace Switchboard.Tests.Simulator.Load;

public sealed class RequestMixTests
{
    [Fact]
    public void In_every_second_each_kind_comes_as_often_as_its_rate()
    {
        var mix = new RequestMix(30, 10, 5);

        foreach (var second in Enumerable.Range(0, 100).Chunk(45).Where(chunk => chunk.Length == 45))
        {
            var kinds = second.Select(number => (RequestKind)mix.Of(number)).CountBy(kind => kind).ToDictionary();
            kinds.ShouldBe(new Dictionary<RequestKind, int> { [RequestKind.Tracked] = 30, [RequestKind.Analytics] = 10, [RequestKind.Sync] = 5 }, ignoreOrder: true);
        }
    }

    [Fact]
    public void The_kinds_are_spread_evenly()
    {
        var mix = new RequestMix(30, 10, 5);

        var syncs = Enumerable.Range(0, 450).Where(number => mix.Of(number) == (int)RequestKind.Sync).ToList();

        syncs.Zip(syncs.Skip(1), (one, next) => next - one).ShouldAllBe(gap => gap >= 8 && gap <= 10);
    }

    [Fact]
    public void A_kind_without_a_rate_never_comes() =>
        Enumerable.Range(0, 100).Select(number => new RequestMix(3, 0, 1).Of(number)).ShouldNotContain((int)RequestKind.Analytics);

    [Fact]
    public void Lists_and_statistics_are_varied_and_those_of_another_run_are_others()
    {
        var sample = new AccountSample(
            [Guid.CreateVersion7(), Guid.CreateVersion7()],
            [Guid.CreateVersion7()],
            ["ada@contoso.test", "ben@fabrikam.test"],
            ["Offer", "Contract"],
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 6, 30, 0, 0, 0, TimeSpan.Zero));
        var (plan, other) = (new QueryPlan(sample, 1_000_000, across: 0.2), new QueryPlan(sample, 2_000_000));

        var lists = Enumerable.Range(0, 1_000).Select(number => plan.TrackedOf(number)).ToList();

        lists.Distinct().Count().ShouldBeGreaterThan(600);
        lists.ShouldContain(list => list.Recipient == "contoso.test");
        lists.ShouldContain(list => list.Recipient == "ben@fabrikam.test");
        lists.ShouldContain(list => list.Search == "Off");
        lists.ShouldContain(list => list.Account == null);
        lists.Count(list => list.Page is not null).ShouldBeInRange(100, 200);
        lists.Where(list => list.Since is not null).ShouldAllBe(list => list.Until == null || list.Until > list.Since);
        plan.TrackedOf(7).ShouldBe(lists[7]);
        Enumerable.Range(0, 1_000).Count(number => plan.AnalyticsOf(number) == other.AnalyticsOf(number)).ShouldBeLessThan(50);
    }
}
