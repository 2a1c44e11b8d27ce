using Switchboard.Simulator.Control;
using Switchboard.Tests.Simulator.Twilio;

namespace Switchboard.Tests.Simulator.Control;

public sealed class DemoTests
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

    [Fact]
    public async Task Demo_SMS_come_from_the_demo_phone_as_soon_as_they_are_asked_for()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        await twilio.Simulator.ControlAsync("/_sim/demo", new { textsPerMinute = 6000 });

        (await twilio.Edge.NextTextAsync())["From"].ShouldBe("+15550100001");
    }

    [Theory]
    [InlineData(0, "DemoMail:PerMinute=0")]
    [InlineData(0.1, "DemoMail:PerMinute=1")]
    [InlineData(0.2, "DemoMail:PerMinute=0", "DemoTexts:PerMinute=0.2")]
    [InlineData(0, "DemoMail:PerMinute=6", "DemoTexts:PerMinute=0")]
    public async Task Where_there_is_no_demo_mail_there_are_no_demo_SMS_unless_somebody_says_so(double expected, params string[] settings)
    {
        await using var simulator = await RunningSimulator.StartAsync(settings);

        ((double)(await simulator.GetAsync("/_sim/demo"))["textsPerMinute"]!).ShouldBe(expected);
    }

    [Fact]
    public async Task A_change_of_one_stream_leaves_the_other()
    {
        await using var simulator = await RunningSimulator.StartAsync("DemoTexts:PerMinute=0.2");

        await simulator.ControlAsync("/_sim/demo", new { perMinute = 1 });
        using var nothing = await simulator.PostAsync("/_sim/demo");

        var demo = await simulator.GetAsync("/_sim/demo");
        ((int)demo["perMinute"]!, (double)demo["textsPerMinute"]!).ShouldBe((1, 0.2));
        ((int)nothing.StatusCode).ShouldBe(400);
    }

    [Fact]
    public void Demo_SMS_vary_and_some_have_a_picture_or_a_voice()
    {
        var texts = Enumerable.Range(0, 20).Select(number => DemoSms.Make(number, new Random(number))).ToList();

        texts.Count(text => text.Media?[0].ContentType == "image/jpeg").ShouldBe(5);
        texts.Count(text => text.Media?[0].Says is not null).ShouldBe(5);
        texts.ShouldAllBe(text => text.Errors().Count == 0);
        texts.Select(text => text.Body).Distinct().Count().ShouldBeGreaterThan(10);
    }
}
