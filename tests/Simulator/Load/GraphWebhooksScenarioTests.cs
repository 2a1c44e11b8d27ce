using Switchboard.Load;
using Switchboard.Load.Tracking.GraphWebhooks;

namespace Switchboard.Tests.Simulator.Load;

[Collection(nameof(Alone))]
public sealed class GraphWebhooksScenarioTests
{
    [Fact]
    public async Task When_each_mail_that_was_told_of_is_tracked_nothing_is_lost_however_often_it_was_told()
    {
        var report = await RunAsync();

        (report.Accepted, report.Mails, report.Tracked).ShouldBe((100, 40, 40));
        report.IsFine.ShouldBeTrue();
        report.AcceptMs.P50.ShouldBeGreaterThan(0);
        report.TrackedSeconds!.Value.ShouldBeInRange(0, 60);
    }

    [Fact]
    public async Task A_mail_that_was_told_of_and_is_not_tracked_is_found()
    {
        var report = await RunAsync(new MailFaults(Lose: 7));

        // one in each of the two mailboxes
        (report.Lost, report.Duplicated, report.IsFine).ShouldBe((2, 0, false));
    }

    [Fact]
    public async Task A_mail_that_is_tracked_twice_is_found()
    {
        var report = await RunAsync(new MailFaults(Double: 7));

        (report.Lost, report.Duplicated, report.IsFine).ShouldBe((0, 2, false));
    }

    [Fact]
    public async Task Mails_of_which_only_refused_notifications_told_are_not_waited_for()
    {
        var report = await RunAsync(clientState: "forged");

        (report.Accepted, report.Mails, report.Lost).ShouldBe((0, 0, 0));
        report.Errors.ShouldBeGreaterThan(0);
        report.IsFine.ShouldBeFalse();
    }

    [Fact]
    public async Task A_product_that_does_not_subscribe_is_told_with_what_to_do()
    {
        var error = await Should.ThrowAsync<LoadException>(RunAsync(new MailFaults(Deaf: true)));

        error.Message.ShouldContain("Workers.Ingest");
        error.Message.ShouldContain("Graph:PublicBaseUrl");
    }

    private static async Task<GraphWebhooksReport> RunAsync(MailFaults? faults = null, string clientState = "demo-state")
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await using var product = await FakeMailProduct.StartAsync(simulator, faults);
        var options = new GraphWebhooksOptions
        {
            Seconds = 1,
            Connections = 4,
            Rate = 100,
            Accounts = 2,
            Mails = 40,
            ClientState = clientState,
            Edge = product.Address,
            Simulator = simulator.Http.BaseAddress!,
            Key = "sb_demo",
            PatienceSeconds = 1,
        };
        return await new GraphWebhooksScenario(options, SilentProgress.Make(), TimeProvider.System).RunAsync(default);
    }
}
