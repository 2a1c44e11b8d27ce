using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Switchboard.Tests.Simulator.Google;

public sealed class PushTests
{
    private static readonly object Mail = new { to = "demo@example.com", from = "billing@acme.test", subject = "Invoice 42", body = "Please pay" };

    [Fact]
    public async Task A_mail_is_pushed_with_a_token_that_the_published_key_verifies()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        var added = await simulator.ControlAsync("/_sim/gmail/messages", Mail);
        var push = await simulator.Edge.NextAsync();

        ((string)push.GmailData["emailAddress"]!).ShouldBe("demo@example.com");
        ((long)push.GmailData["historyId"]!).ShouldBe(long.Parse((string)added!["historyId"]!));
        var keys = new JsonWebKeySet(await simulator.Http.GetStringAsync("/gmail/oauth/jwks"));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(push.Authorization["Bearer ".Length..], new TokenValidationParameters
        {
            ValidIssuer = "https://accounts.google.com",
            ValidAudience = "http://localhost:5080/api/webhooks/gmail",
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidAlgorithms = ["RS256"],
        });
        result.IsValid.ShouldBeTrue(result.Exception?.Message);
        result.Claims["email"].ShouldBe("gmail-push@demo.iam.gserviceaccount.com");
        result.Claims["email_verified"].ShouldBe(true);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task A_push_comes_again_until_it_is_acknowledged(int acknowledgement)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        simulator.Edge.AnswerNext(500, 401, acknowledgement, 204);

        await simulator.ControlAsync("/_sim/gmail/messages", Mail);
        var ids = new[] { await simulator.Edge.NextAsync(), await simulator.Edge.NextAsync(), await simulator.Edge.NextAsync() }
            .Select(push => push.GmailMessageId);
        await simulator.ControlAsync("/_sim/gmail/messages", Mail);
        var next = await simulator.Edge.NextAsync();

        ids.Distinct().Count().ShouldBe(1);
        next.GmailMessageId.ShouldNotBe(ids.First());
    }

    [Fact]
    public async Task Mails_that_come_together_are_one_push()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        await simulator.ControlAsync("/_sim/gmail/messages", Enumerable.Repeat(Mail, 50).ToArray());
        var push = await simulator.Edge.NextAsync();
        var mailboxes = await simulator.GetAsync("/_sim/gmail/mailboxes");

        ((string)mailboxes[0]!["historyId"]!).ShouldBe(push.GmailData["historyId"]!.ToString());
        simulator.Edge.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task The_last_push_is_repeated_on_demand_with_its_id()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var tooEarly = await simulator.PostAsync("/_sim/gmail/repeat");
        await simulator.ControlAsync("/_sim/gmail/messages", Mail);
        var first = await simulator.Edge.NextAsync();

        var repeated = await simulator.ControlAsync("/_sim/gmail/repeat");

        ((int)tooEarly.StatusCode).ShouldBe(409);
        (await tooEarly.Content.ReadAsStringAsync()).ShouldContain("POST /_sim/gmail/messages");
        ((int)repeated!["edgeStatus"]!).ShouldBe(204);
        Encoding.UTF8.GetString((await simulator.Edge.NextAsync()).Body).ShouldBe(Encoding.UTF8.GetString(first.Body));
    }

    [Fact]
    public async Task A_mailbox_that_was_stopped_is_pushed_no_more_until_it_is_watched_again()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);

        (await gmail.CallAsync("me/stop", HttpMethod.Post)).Dispose();
        await simulator.ControlAsync("/_sim/gmail/messages", Mail);
        using var watch = await gmail.CallAsync("me/watch", HttpMethod.Post, """{"topicName":"projects/demo/topics/gmail","labelIds":["INBOX"]}""");
        var last = await simulator.ControlAsync("/_sim/gmail/messages", Mail);

        var answer = await watch.ReadJsonAsync();
        var life = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse((string)answer["expiration"]!)) - TimeProvider.System.GetUtcNow();
        life.ShouldBeInRange(TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
        ((string)last!["historyId"]!).ShouldBe((await simulator.Edge.NextAsync()).GmailData["historyId"]!.ToString());
    }
}
