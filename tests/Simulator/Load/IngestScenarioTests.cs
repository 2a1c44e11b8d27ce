using Switchboard.Load;
using Switchboard.Load.Tracking.Ingest;

namespace Switchboard.Tests.Simulator.Load;

[Collection(nameof(Alone))]
public sealed class IngestScenarioTests
{
    [Fact]
    public async Task When_every_mail_is_tracked_as_it_should_be_nothing_is_lost_doubled_or_wrong()
    {
        var report = await RunAsync(accounts: 2);

        (report.Sent, report.Mails).ShouldBe((300, report.ExpectedMails));
        report.Mails.ShouldBeInRange(380, 480);
        report.AnalyticsMatch.ShouldBeTrue();
        report.IsFine.ShouldBeTrue();
        report.SyncSeconds.ShouldBeGreaterThanOrEqualTo(2);
        report.MailsPerSecond.ShouldBeInRange(1, report.Mails / 2.0);
        report.ProgressSeen.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_mail_that_is_not_tracked_is_found()
    {
        var report = await RunAsync(new MailFaults(Lose: 17));

        (report.Lost, report.Duplicated, report.Wrong, report.IsFine).ShouldBe((1, 0, 0, false));
    }

    [Fact]
    public async Task A_mail_that_is_tracked_twice_is_found()
    {
        var report = await RunAsync(new MailFaults(Double: 17));

        (report.Lost, report.Duplicated, report.Wrong, report.IsFine).ShouldBe((0, 1, 0, false));
    }

    [Fact]
    public async Task A_mail_with_the_wrong_status_is_found()
    {
        var report = await RunAsync(new MailFaults(Garble: 17));

        (report.Lost, report.Duplicated, report.Wrong, report.IsFine).ShouldBe((0, 0, 1, false));
    }

    [Theory]
    [InlineData("sent")]
    [InlineData("autoReplied")]
    [InlineData("active")]
    [InlineData("medianResponseSeconds")]
    public async Task A_statistic_that_is_not_right_is_found(string statistic)
    {
        var report = await RunAsync(new MailFaults(Inflate: statistic));

        (report.AnalyticsMatch, report.IsFine).ShouldBe((false, false));
        (report.Lost, report.Duplicated, report.Wrong).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task A_sync_that_is_not_completed_is_an_error()
    {
        var report = await RunAsync(new MailFaults(Fail: true));

        (report.Errors, report.IsFine).ShouldBe((1, false));
    }

    [Fact]
    public async Task An_account_that_is_connected_instead_of_another_is_told()
    {
        var error = await Should.ThrowAsync<LoadException>(RunAsync(new MailFaults(ForgetHint: true)));

        error.Message.ShouldContain("demo@example.com");
        error.Message.ShouldContain("login_hint");
    }

    private static async Task<IngestReport> RunAsync(MailFaults? faults = null, int accounts = 1)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await using var product = await FakeMailProduct.StartAsync(simulator, faults);
        var options = new IngestOptions
        {
            Mails = 300,
            Accounts = accounts,
            Edge = product.Address,
            Simulator = simulator.Http.BaseAddress!,
            Key = "sb_demo",
            LiftLimits = true,
            PatienceSeconds = 5,
        };
        return await new IngestScenario(options, SilentProgress.Make(), TimeProvider.System).RunAsync(default);
    }
}
