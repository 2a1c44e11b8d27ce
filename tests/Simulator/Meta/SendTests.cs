using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Meta;

public sealed class SendTests
{
    [Fact]
    public async Task A_text_is_taken_and_listed()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await simulator.SendAsync("Hello", "+1 555 010 0001", "n-1");

        var json = await answer.ReadJsonAsync();
        ((string)json["contacts"]![0]!["wa_id"]!).ShouldBe("15550100001");
        ((string)json["messages"]![0]!["id"]!).ShouldStartWith("wamid.");
        var item = (await simulator.GetAsync("/_sim/whatsapp/messages"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)item["id"]!).ShouldBe((string)json["messages"]![0]!["id"]!);
        ((string)item["body"]!).ShouldBe("Hello");
        ((string)item["callbackData"]!).ShouldBe("n-1");
    }

    [Theory]
    [InlineData("""{"to":"+15550100001","type":"text","text":{"body":"x"}}""", "messaging_product")]
    [InlineData("""{"messaging_product":"whatsapp","type":"text","text":{"body":"x"}}""", "parameter to ")]
    [InlineData("""{"messaging_product":"whatsapp","to":"nobody","type":"text","text":{"body":"x"}}""", "Invalid parameter")]
    [InlineData("""{"messaging_product":"whatsapp","to":"+15550100001","type":"fax"}""", "Param type must be one of")]
    [InlineData("""{"messaging_product":"whatsapp","to":"+15550100001","type":"text"}""", "parameter text is required")]
    [InlineData("""{"messaging_product":"whatsapp","to":"+15550100001","type":"template","template":{"name":"hello"}}""", "language")]
    public async Task A_message_that_Meta_would_refuse_is_refused_with_code_100(string body, string message)
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await simulator.SendRawAsync(JsonNode.Parse(body)!);

        var error = (await answer.ReadJsonAsync())["error"]!;
        ((int)answer.StatusCode).ShouldBe(400);
        ((int)error["code"]!).ShouldBe(100);
        ((string)error["message"]!).ShouldContain(message);
        ((string)error["fbtrace_id"]!).ShouldNotBeEmpty();
        ((int)(await simulator.GetAsync("/_sim/whatsapp/messages/count"))["count"]!).ShouldBe(0);
    }

    [Fact]
    public async Task A_body_may_have_4096_characters_and_no_more()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var longest = await simulator.SendAsync(new string('x', 4096));
        using var tooLong = await simulator.SendAsync(new string('x', 4097));

        ((int)longest.StatusCode).ShouldBe(200);
        ((int)tooLong.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_template_is_taken()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await simulator.SendRawAsync(JsonNode.Parse(
            """{"messaging_product":"whatsapp","to":"15550100001","type":"template","template":{"name":"hello_world","language":{"code":"en"}}}""")!);

        ((string)(await answer.ReadJsonAsync())["messages"]![0]!["message_status"]!).ShouldBe("accepted");
    }

    [Fact]
    public async Task A_wrong_token_or_number_is_refused_with_Metas_codes()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var wrongToken = await simulator.SendRawAsync(new JsonObject(), token: "wrong");
        using var wrongNumber = await simulator.SendRawAsync(new JsonObject(), number: "42");

        ((int)wrongToken.StatusCode).ShouldBe(401);
        ((int)(await wrongToken.ReadJsonAsync())["error"]!["code"]!).ShouldBe(190);
        ((int)wrongNumber.StatusCode).ShouldBe(400);
        ((int)(await wrongNumber.ReadJsonAsync())["error"]!["error_subcode"]!).ShouldBe(33);
    }

    [Fact]
    public async Task The_connection_survives_a_body_that_is_not_JSON()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/whatsapp/v21.0/15550000000/messages") { Content = new StringContent("""{"to":""") };
        request.Headers.Add("Authorization", "Bearer demo-whatsapp-token");

        using var answer = await simulator.Http.SendAsync(request);
        await simulator.SendTextAsync("Hello");

        ((int)answer.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task Over_the_limit_of_a_second_the_rate_is_refused()
    {
        await using var simulator = await RunningSimulator.StartAsync(new TestClock(), "WhatsApp:MessagesPerSecond=1");

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => simulator.SendAsync("Hello")));

        var refused = answers.First(answer => !answer.IsSuccessStatusCode);
        ((int)refused.StatusCode).ShouldBe(429);
        ((int)(await refused.ReadJsonAsync())["error"]!["code"]!).ShouldBe(130429);
    }

    [Fact]
    public async Task The_list_goes_on_from_a_cursor_and_filters()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        for (var n = 1; n <= 5; n++)
        {
            await simulator.SendTextAsync($"Number {n}", n == 3 ? "+15550100003" : "+15550100001");
        }

        var last = await simulator.GetAsync("/_sim/whatsapp/messages?limit=2");
        var first = await simulator.GetAsync("/_sim/whatsapp/messages?limit=2&since=2020-01-01T00:00:00Z");
        var next = await simulator.GetAsync($"/_sim/whatsapp/messages?limit=10&since={first["nextCursor"]}");
        var filtered = await simulator.GetAsync("/_sim/whatsapp/messages?to=%2B15550100003&q=number");
        using var wrong = await simulator.Http.GetAsync("/_sim/whatsapp/messages?since=yesterday");

        Bodies(last).ShouldBe(["Number 4", "Number 5"]);
        Bodies(first).ShouldBe(["Number 1", "Number 2"]);
        Bodies(next).ShouldBe(["Number 3", "Number 4", "Number 5"]);
        next["nextCursor"].ShouldBeNull();
        Bodies(filtered).ShouldBe(["Number 3"]);
        ((int)wrong.StatusCode).ShouldBe(400);
    }

    private static IEnumerable<string> Bodies(JsonNode page) => page["items"]!.AsArray().Select(item => (string)item!["body"]!);
}
