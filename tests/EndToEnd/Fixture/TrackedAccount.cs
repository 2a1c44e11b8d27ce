using System.Net;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>A mailbox of Microsoft 365 that a user has connected: what is in it is made in the simulator, what is tracked is read from the API.</summary>
public sealed class TrackedAccount
{
    private readonly ApplicationFixture _app;

    private TrackedAccount(ApplicationFixture app, EdgeClient owner, string address, string id) =>
        (_app, Owner, Address, Id) = (app, owner, address, id);

    /// <summary>The API as its user.</summary>
    public EdgeClient Owner { get; }

    public string Address { get; }

    public string Id { get; }

    /// <summary>A new user with a mailbox of so many sent mails, connected and followed.</summary>
    public static async Task<TrackedAccount> ConnectAsync(ApplicationFixture app, object? mailbox = null, object? tracking = null)
    {
        var address = $"{Guid.CreateVersion7():n}@example.com";
        var made = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(mailbox ?? new { messages = 0 }))!.AsObject();
        made["address"] = address;
        await app.Simulator.PostAsync("/_sim/graph/mailboxes", made);
        var owner = await app.Edge.NewUserAsync();
        var id = await ConsentAsync(app, owner, address, tracking);
        var account = new TrackedAccount(app, owner, address, id);
        await account.FollowedAsync();
        return account;
    }

    /// <summary>Connects the mailbox once more, as a person in a browser does.</summary>
    public async Task ConnectAgainAsync()
    {
        (await ConsentAsync(_app, Owner, Address, tracking: null)).ShouldBe(Id);
        await FollowedAsync();
    }

    /// <summary>Begins a full sync; answers its id.</summary>
    public async Task<string> BeginSyncAsync(object? more = null)
    {
        var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(more ?? new { }))!.AsObject();
        body["accountId"] = Id;
        return (string)(await Owner.PostAsync("/api/emails/sync", body, HttpStatusCode.Accepted))["id"]!;
    }

    public Task<JsonNode> SyncAsync(string syncId) => Owner.GetAsync($"/api/emails/sync/{syncId}");

    /// <summary>Waits until a sync is completed.</summary>
    public async Task<JsonNode> SyncedAsync(string syncId, TimeSpan? within = null) => await Eventually.SeesAsync(
        () => SyncAsync(syncId),
        sync => (string)sync["state"]! is "completed" or "failed",
        "a finished sync",
        within ?? TimeSpan.FromSeconds(120));

    /// <summary>A mail comes into the mailbox or goes out of it; answers its ids.</summary>
    public async Task<JsonNode> MailAsync(object mail)
    {
        var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(mail))!.AsObject();
        body["address"] = Address;
        return await _app.Simulator.PostAsync("/_sim/graph/messages", body);
    }

    /// <summary>The mail goes out now.</summary>
    public Task<JsonNode> SendAsync(string to, string subject) =>
        MailAsync(new { folder = "sentitems", from = Address, to = new[] { to }, subject, body = "Hello" });

    /// <summary>All tracked mails, newest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> TrackedAsync(string filter = "")
    {
        var all = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = await Owner.GetAsync(
                $"/api/emails/tracked?accountId={Id}&limit=100{filter}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            all.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        return all;
    }

    /// <summary>The tracked mail of a subject, when it is so.</summary>
    public async Task<JsonNode> TrackedAsync(string subject, Func<JsonNode, bool> isSo, string what) => (await Eventually.SeesAsync(
        async () => (await TrackedAsync()).FirstOrDefault(mail => (string)mail["subject"]! == subject),
        mail => mail is not null && isSo(mail),
        $"a tracked mail '{subject}' that {what}"))!;

    public Task<JsonNode> AnalyticsAsync(DateTimeOffset from, DateTimeOffset to, string bucket = "day") => Owner.GetAsync(
        $"/api/emails/analytics?accountId={Id}&from={from.UtcDateTime:O}&to={to.UtcDateTime:O}&bucket={bucket}");

    /// <summary>What a perfect tracker would know.</summary>
    public Task<JsonNode> ExpectedAsync() => _app.Simulator.GetAsync($"/_sim/graph/mailboxes/{Address}/truth");

    /// <summary>The same, mail by mail, by Message-ID.</summary>
    public async Task<IReadOnlyDictionary<string, JsonNode>> ExpectedMailsAsync()
    {
        var all = new Dictionary<string, JsonNode>();
        for (int offset = 0, total = 1; offset < total;)
        {
            var page = await _app.Simulator.GetAsync($"/_sim/graph/mailboxes/{Address}/truth/mails?offset={offset}&limit=5000");
            total = (int)page["total"]!;
            foreach (var mail in page["items"]!.AsArray())
                all.Add((string)mail!["internetMessageId"]!, mail);
            offset += 5000;
        }

        return all;
    }

    private async Task FollowedAsync() => await Eventually.SeesAsync(
        () => Owner.GetAsync($"/api/accounts/email/{Id}"),
        account => (string)account["status"]! == "active" && account["subscriptionExpiresAt"] is not null,
        "an account that is followed");

    private static async Task<string> ConsentAsync(ApplicationFixture app, EdgeClient user, string address, object? tracking)
    {
        using var owner = new MailboxHolder(app.Simulator);
        return await owner.ConnectAsync(user, address, tracking);
    }
}
