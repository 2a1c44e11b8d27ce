using System.Net;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>The owner of mailboxes at Microsoft 365, with a browser: opens what they are given and goes where they are sent.</summary>
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

    public static async Task<JsonNode> BeginAsync(EdgeClient user, string address, object? tracking = null) =>
        await user.PostAsync("/api/accounts/email", new { provider = "microsoft", address, tracking }, HttpStatusCode.Created);

    /// <summary>Connects a mailbox and answers the account's id.</summary>
    public async Task<string> ConnectAsync(EdgeClient user, string address, object? tracking = null)
    {
        var account = await EdgeClient.ReadAsync(await ComeBackAsync(await BeginAsync(user, address, tracking)), HttpStatusCode.OK);
        return (string)account["id"]!;
    }

    /// <summary>The owner consents and their browser goes where the authority sends it.</summary>
    public async Task<HttpResponseMessage> ComeBackAsync(JsonNode begun, string? accept = null) =>
        await GetAsync(await ConsentAsync(begun), accept);

    public Task<Uri> ConsentAsync(JsonNode begun) => ConsentAsync((string)begun["authorizationUrl"]!);

    public async Task<Uri> ConsentAsync(string authorizationUrl)
    {
        using var consent = await _http.GetAsync(new Uri(authorizationUrl));
        consent.StatusCode.ShouldBe(HttpStatusCode.Redirect, await consent.Content.ReadAsStringAsync());
        return consent.Headers.Location!;
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
