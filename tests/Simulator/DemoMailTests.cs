using Switchboard.Simulator.Demo;

namespace Switchboard.Tests.Simulator;

public sealed class DemoMailTests
{
    [Fact]
    public async Task Demo_mail_flows_as_soon_as_it_is_asked_for()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        await simulator.ControlAsync("/_sim/demo", new { perMinute = 6000 });

        ((string)(await simulator.Edge.NextAsync()).GmailData["emailAddress"]!).ShouldBe("demo@example.com");
    }

    [Fact]
    public void Demo_mails_vary_and_some_are_for_nobody()
    {
        var mails = Enumerable.Range(0, 20).Select(number => DemoMails.Make(number, new Random(number))).ToList();

        mails.Count(mail => mail.From!.Contains("billing@acme.test")).ShouldBe(8);
        mails.Count(mail => mail.From!.Contains(".status.test")).ShouldBe(8);
        mails.Count(mail => mail.From!.Contains("letters.example")).ShouldBe(4);
        mails.Select(mail => mail.Subject).Distinct().Count().ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task The_first_page_says_how_to_use_it()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        (await simulator.Http.GetStringAsync("/")).ShouldContain("curl -X POST localhost:5090/_sim/faults");
    }
}
