using System.Net;
using System.Net.Http.Json;
using System.Text;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>Who calls the webhook of Microsoft Graph, and what is taken from them.</summary>
public sealed class GraphNotificationTests(ApplicationFixture app)
{
    [Fact]
    public async Task The_handshake_of_a_subscription_gets_its_token_back()
    {
        const string Token = "Validation: Testing <b> & reachability. Request-Id: a+/=é";
        using var content = new StringContent("", Encoding.UTF8, "text/plain");
        using var response = await app.Edge.Http.PostAsync(
            new Uri($"/api/webhooks/graph?validationToken={Uri.EscapeDataString(Token)}", UriKind.Relative), content);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await response.Content.ReadAsStringAsync()).ShouldBe(Token);
    }

    [Fact]
    public async Task Only_notifications_with_our_client_state_are_taken()
    {
        (await NotifyAsync(Item("demo-state"))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await NotifyAsync(Item("wrong"), Item("demo-state"))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await RefusedAsync(await NotifyAsync(Item("wrong")), HttpStatusCode.Forbidden);
        await RefusedAsync(await NotifyAsync(), HttpStatusCode.BadRequest);
        await RefusedAsync(await NotifyAsync([.. Enumerable.Repeat(Item("demo-state"), 1_001)]), HttpStatusCode.BadRequest);
        using var nonsense = new StringContent("{\"value\":", Encoding.UTF8, "application/json");
        await RefusedAsync(
            await app.Edge.Http.PostAsync(new Uri("/api/webhooks/graph", UriKind.Relative), nonsense), HttpStatusCode.BadRequest);
    }

    private static object Item(string clientState) => new
    {
        subscriptionId = Guid.CreateVersion7(),
        clientState,
        changeType = "created",
        resource = "Users/u/Messages/m",
        resourceData = new { id = "m" },
    };

    private async Task<HttpResponseMessage> NotifyAsync(params object[] value) =>
        await app.Edge.Http.PostAsJsonAsync(new Uri("/api/webhooks/graph", UriKind.Relative), new { value });

    private static async Task RefusedAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        await EdgeClient.ReadAsync(response, expected);
    }
}
