using Switchboard.Load.Social;

namespace Switchboard.Tests.Simulator.Load;

public sealed class SocialScenarioTests
{
    [Fact]
    public async Task When_each_post_is_made_once_nothing_is_lost_doubled_or_untrue()
    {
        var report = await RunAsync();

        report.IsFine.ShouldBeTrue();
        (report.Accounts, report.Messages, report.Unknown).ShouldBe((2, 20, 0));
        report.States.ShouldBe(new Dictionary<string, int> { ["published"] = 20 });
    }

    [Fact]
    public async Task A_post_that_is_lost_one_that_is_doubled_and_one_that_is_told_wrongly_are_found()
    {
        var lost = await RunAsync(lose: 7, @double: 9);
        var untrue = await RunAsync(say: (5, "failed"));

        (lost.Lost, lost.Duplicated, lost.Untrue, lost.IsFine).ShouldBe((1, 1, 0, false));
        (untrue.Lost, untrue.Duplicated, untrue.Untrue, untrue.IsFine).ShouldBe((0, 0, 1, false));
    }

    [Fact]
    public async Task A_post_that_is_said_to_be_unknown_is_neither_lost_nor_untrue()
    {
        var report = await RunAsync(lose: 7, say: (7, "unknown"));

        (report.Unknown, report.Lost, report.Untrue, report.IsFine).ShouldBe((1, 0, 0, true));
    }

    private static async Task<SocialReport> RunAsync(int lose = 0, int @double = 0, (int Number, string State) say = default)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await using var product = await FakeSocialProduct.StartAsync(simulator, lose, @double, say);
        var options = new SocialOptions(
            Accounts: 2, Users: 1, Posts: 20, Spread: TimeSpan.FromSeconds(1), Lead: TimeSpan.FromSeconds(30), Lost: 0, Throttled: 0, ["mastodon"],
            product.Address, simulator.Http.BaseAddress!, "sb_demo", Patience: TimeSpan.FromSeconds(5));
        return await new SocialScenario(options, SilentProgress.Make(), TimeProvider.System).RunAsync(CancellationToken.None);
    }
}
