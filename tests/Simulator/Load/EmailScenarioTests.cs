using Switchboard.Load;
using Switchboard.Load.Email;

namespace Switchboard.Tests.Simulator.Load;

[Collection(nameof(Alone))]
public sealed class EmailScenarioTests
{
    [Fact]
    public async Task When_everything_arrives_once_nothing_is_lost_or_doubled()
    {
        var report = await RunAsync(rate: 200);

        report.Accepted.ShouldBe(200);
        report.Notifications.ShouldBeGreaterThan(150);
        report.IsFine.ShouldBeTrue();
        report.DeliveredPerSecond.ShouldBeGreaterThan(0);
        report.SentMs.P50.ShouldBeGreaterThan(0);
        (report.EndToEndMs.P50 - report.SentMs.P50).ShouldBe(50, tolerance: 1);
    }

    [Fact]
    public async Task A_lost_notification_is_found()
    {
        var report = await RunAsync(rate: 100, lose: 17);

        report.Lost.ShouldBe(1);
        report.Duplicated.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_that_was_sent_twice_is_found()
    {
        var report = await RunAsync(rate: 100, @double: 17);

        report.Lost.ShouldBe(0);
        report.Duplicated.ShouldBe(1);
    }

    [Fact]
    public async Task An_edge_that_is_not_there_is_told_with_what_to_do()
    {
        var options = Options(new("http://127.0.0.1:1"), new("http://127.0.0.1:1"));

        var error = await Should.ThrowAsync<LoadException>(() => new EmailScenario(options, Silent(), TimeProvider.System).RunAsync(default));

        error.Message.ShouldContain("http://127.0.0.1:1");
        error.Message.ShouldContain("./run.sh");
        error.Message.ShouldContain("--edge");
    }

    private static async Task<EmailReport> RunAsync(double rate, int lose = 0, int @double = 0)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await using var product = await FakeProduct.StartAsync(simulator, lose, @double);
        var options = Options(product.Address, simulator.Http.BaseAddress!) with { Connections = 8, Rate = rate, Users = 10 };
        return await new EmailScenario(options, Silent(), TimeProvider.System).RunAsync(default);
    }

    private static EmailOptions Options(Uri edge, Uri simulator) => new()
    {
        Seconds = 1,
        Connections = 1,
        Users = 1,
        Edge = edge,
        Simulator = simulator,
        Key = "sb_demo",
        PatienceSeconds = 1,
    };

    private static LoadProgress Silent() => new(Spectre.Console.AnsiConsole.Create(new() { Out = new Spectre.Console.AnsiConsoleOutput(TextWriter.Null) }), isTerminal: false);
}
