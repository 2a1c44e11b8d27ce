using System.Net;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>The owner of mailboxes, with a browser: opens what they are given, confirms who asks, and goes where they are sent.</summary>
public sealed class MailboxHolder(SimulatorClient simulator) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>A mailbox that no other test has.</summary>
    public async Task<string> NewMailboxAsync(string? address = null, int messages = 3)
    {
        address ??= $"{Guid.CreateVersion7():n}@example.com";
        await simulator.PostAsync("/_sim/graph/mailboxes", new { address, messages, replyRate = 0.5, spanDays = 30 });
        return address;
    }

    public static async Task<JsonNode> BeginAsync(
        EdgeClient user, string address, object? tracking = null, string provider = "microsoft") =>
        await user.PostAsync("/api/accounts/email", new { provider, address, tracking }, HttpStatusCode.Created);

    /// <summary>Connects a mailbox and answers the account's id.</summary>
    public async Task<string> ConnectAsync(EdgeClient user, string address, object? tracking = null)
    {
        var account = await EdgeClient.ReadAsync(await ComeBackAsync(await BeginAsync(user, address, tracking)), HttpStatusCode.OK);
        return (string)account["id"]!;
    }

    /// <summary>The owner consents and their browser goes where the authority sends it.</summary>
    public async Task<HttpResponseMessage> ComeBackAsync(JsonNode begun, string? accept = null) =>
        await GetAsync(await ConsentAsync(begun), accept);

    /// <summary>Confirms who asks, and consents at the provider; answers where that leads back to.</summary>
    public async Task<Uri> ConsentAsync(JsonNode begun) => await ConsentAsync(await ConfirmAsync(begun));

    public async Task<Uri> ConsentAsync(Uri authorization)
    {
        using var consent = await _http.GetAsync(authorization);
        consent.StatusCode.ShouldBe(HttpStatusCode.Redirect, await consent.Content.ReadAsStringAsync());
        return consent.Headers.Location!;
    }

    /// <summary>Opens the page that says who asks, and goes on; answers where the provider is.</summary>
    public async Task<Uri> ConfirmAsync(JsonNode begun)
    {
        var page = PageOf(begun);
        using (var shown = await GetAsync(page))
            shown.StatusCode.ShouldBe(HttpStatusCode.OK, await shown.Content.ReadAsStringAsync());
        using var confirmed = await PostAsync(page);
        confirmed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await confirmed.Content.ReadAsStringAsync());
        return confirmed.Headers.Location!;
    }

    public static Uri PageOf(JsonNode begun) => new((string)begun["authorizationUrl"]!);

    /// <summary>Sends the form of a page.</summary>
    public async Task<HttpResponseMessage> PostAsync(Uri page, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, page) { Content = new FormUrlEncodedContent([]) };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request);
    }

    public async Task<HttpResponseMessage> GetAsync(Uri address, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _http.SendAsync(request);
    }

    public void Dispose() => _http.Dispose();
}
