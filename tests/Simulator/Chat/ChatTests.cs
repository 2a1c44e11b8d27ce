namespace Switchboard.Tests.Simulator.Chat;

public sealed class ChatTests
{
    [Fact]
    public async Task Webhooks_take_the_bodies_of_their_services_and_list_them()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        (await AnswerAsync(simulator, "/slack/services/T1/B1/x", new { text = "Hello" })).ShouldBe("200 ok");
        (await AnswerAsync(simulator, "/discord/api/webhooks/1/x?wait=true", new { content = "Hello" })).ShouldStartWith("""200 {"id":"1""");
        (await AnswerAsync(simulator, "/discord/api/webhooks/1/x", new { content = "Hello" })).ShouldBe("204 ");
        (await AnswerAsync(simulator, "/teams/workflows/w1/triggers/manual/paths/invoke?sig=x", new
        {
            type = "message",
            attachments = new[]
            {
                new { contentType = "application/vnd.microsoft.card.adaptive", content = new { body = new[] { new { type = "TextBlock", text = "Hello" } } } },
            },
        })).ShouldBe("202 ");

        var items = (await simulator.GetAsync("/_sim/chat/messages?q=hello"))["items"]!.AsArray();
        items.Select(item => (string)item!["service"]!).ShouldBe(["slack", "discord", "discord", "teams"]);
        ((string)(await simulator.GetAsync("/_sim/chat/messages?service=slack"))["items"]![0]!["to"]!).ShouldBe("/slack/services/T1/B1/x");
    }

    [Theory]
    [InlineData("/slack/services/T1/B1/x", """{"blocks":[]}""", "400 no_text")]
    [InlineData("/slack/services/T1/B1/x", "nonsense", "400 invalid_payload")]
    [InlineData("/discord/api/webhooks/1/x", """{"content":""}""", """400 {"message":"Cannot send an empty message","code":50006}""")]
    [InlineData("/teams/workflows/w1", """{"text":"old"}""", """400 {"error":{"code":"InvalidRequestContent","message":"The request was not carried out."}}""")]
    public async Task What_is_no_message_is_refused_in_the_services_words(string path, string body, string told)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var content = new StringContent(body);
        using var answer = await simulator.Http.PostAsync(new Uri(path, UriKind.Relative), content);

        $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}".ShouldBe(told);
    }

    [Theory]
    [InlineData("slack", "/slack/services/T1/B1/x", 410, null, "410 channel_is_archived")]
    [InlineData("slack", "/slack/services/T1/B1/x", null, "no_service", "404 no_service")]
    [InlineData("discord", "/discord/api/webhooks/1/x", 429, null, """429 {"message":"You are being rate limited.","code":0,"retry_after":2}""")]
    [InlineData("discord", "/discord/api/webhooks/1/x", 404, null, """404 {"message":"Unknown Webhook","code":10015}""")]
    [InlineData("teams", "/teams/workflows/w1", 404, null, """404 {"error":{"code":"WorkflowNotFound","message":"The request was not carried out."}}""")]
    public async Task A_fault_is_told_in_the_services_words(string provider, string path, int? status, string? code, string told)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider, status, code, count = 1, retryAfterSeconds = 2 });

        (await AnswerAsync(simulator, path, new { text = "x", content = "x" })).ShouldBe(told);
    }

    private static async Task<string> AnswerAsync(RunningSimulator simulator, string path, object body)
    {
        using var answer = await simulator.PostAsync(path, body);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }
}
