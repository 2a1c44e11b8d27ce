using System.Net;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Webhooks;

public sealed class ReceiverTests
{
    [Fact]
    public async Task It_lists_what_came_with_its_headers_and_answers_as_it_is_told()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        (await PostAsync(simulator, "ann", "msg_1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(simulator, "bob", "msg_2")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await simulator.ControlAsync("/_sim/webhooks/ann/answer", new { status = 429, retryAfter = "7", bytes = 70_000 });

        using var refused = await PostAsync(simulator, "ann", "msg_3");

        (refused.StatusCode, refused.Headers.RetryAfter!.ToString(), (await refused.Content.ReadAsStringAsync()).Length)
            .ShouldBe((HttpStatusCode.TooManyRequests, "7", 70_000));
        (await PostAsync(simulator, "bob", "msg_4")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var items = (await simulator.GetAsync("/_sim/webhooks/ann"))["items"]!.AsArray();
        items.Select(item => (string)item!["id"]!).ShouldBe(["msg_1", "msg_3"]);
        ((string)items[0]!["headers"]!["webhook-id"]!, (string)items[0]!["body"]!).ShouldBe(("msg_1", "{\"n\":1}"));

        await simulator.Http.DeleteAsync("/_sim/webhooks/ann");
        (await PostAsync(simulator, "ann", "msg_5")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await simulator.Http.DeleteAsync("/_sim/webhooks");
        (await simulator.GetAsync("/_sim/webhooks/ann"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("status", 99)]
    [InlineData("delayMs", -1)]
    [InlineData("dripMs", 60_001)]
    public async Task An_answer_that_there_is_not_is_refused(string field, int value)
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await simulator.PostAsync("/_sim/webhooks/ann/answer", new JsonObject { [field] = value });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadJsonAsync())["errors"]![field].ShouldNotBeNull();
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningSimulator simulator, string name, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/_sim/webhooks/{name}") { Content = new StringContent("{\"n\":1}") };
        request.Headers.Add("webhook-id", id);
        return await simulator.Http.SendAsync(request);
    }
}
