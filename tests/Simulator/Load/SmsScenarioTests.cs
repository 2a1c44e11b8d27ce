using Switchboard.Load;
using Switchboard.Load.Sms;

namespace Switchboard.Tests.Simulator.Load;

[Collection(nameof(Alone))]
public sealed class SmsScenarioTests
{
    [Fact]
    public async Task When_every_item_comes_once_nothing_is_lost_doubled_or_wrong()
    {
        var report = await RunAsync(rate: 200);

        report.Accepted.ShouldBe(200);
        report.Items.ShouldBeInRange(215, 265);
        report.IsFine.ShouldBeTrue();
        report.EnrichedPerSecond.ShouldBeGreaterThan(0);
        report.EndToEndMs.P50.ShouldBeGreaterThanOrEqualTo(5);
        report.CacheHitRate.ShouldBe(0.98);
    }

    [Fact]
    public async Task A_lost_SMS_is_found()
    {
        var report = await RunAsync(rate: 100, lose: 17);

        report.Lost.ShouldBeInRange(1, 2);
        (report.Duplicated, report.Wrong).ShouldBe((0, 0));
    }

    [Fact]
    public async Task An_SMS_that_led_to_its_items_twice_is_found()
    {
        var report = await RunAsync(rate: 100, @double: 17);

        report.Duplicated.ShouldBeInRange(1, 2);
        (report.Lost, report.Wrong).ShouldBe((0, 0));
    }

    [Fact]
    public async Task An_item_that_says_something_else_is_found()
    {
        var report = await RunAsync(rate: 100, garble: 17);

        report.Wrong.ShouldBe(1);
        (report.Lost, report.Duplicated).ShouldBe((0, 0));
    }

    [Fact]
    public async Task An_SMS_that_is_answered_instead_of_taken_is_told_with_what_to_do()
    {
        var error = await Should.ThrowAsync<LoadException>(RunAsync(rate: 100, refuse: 90));

        error.Message.ShouldContain("You've sent too many.");
        error.Message.ShouldContain("RATE_LIMIT_MESSAGES_PER_HOUR");
    }

    [Fact]
    public async Task It_ends_after_as_many_SMS_as_it_was_told()
    {
        var report = await RunAsync(rate: null, count: 30, mediaShare: 1);

        report.Accepted.ShouldBe(30);
        report.Items.ShouldBe(60);
        report.IsFine.ShouldBeTrue();
        report.Seconds.ShouldBeLessThan(60);
    }

    private static async Task<SmsReport> RunAsync(
        double? rate, int lose = 0, int @double = 0, int garble = 0, int refuse = int.MaxValue, int? count = null, double mediaShare = 0.2)
    {
        await using var product = await FakeSmsProduct.StartAsync(lose, @double, garble, refuse);
        var options = new SmsOptions
        {
            Seconds = count is null ? 1 : 60,
            Connections = 8,
            Rate = rate,
            Count = count,
            Numbers = 50,
            MediaShare = mediaShare,
            Edge = product.Address,
            Simulator = product.Address,
            Key = "sb_demo",
            PatienceSeconds = 1,
        };
        return await new SmsScenario(options, Silent(), TimeProvider.System).RunAsync(default);
    }

    private static LoadProgress Silent() => new(Spectre.Console.AnsiConsole.Create(new() { Out = new Spectre.Console.AnsiConsoleOutput(TextWriter.Null) }), isTerminal: false);
}
