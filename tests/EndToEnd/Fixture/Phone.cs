using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>A person's phone: what is sent from it reaches Twilio, and what Twilio sends to it can be read.</summary>
public sealed partial class Phone(ApplicationFixture app, EdgeClient owner)
{
    private static int _last = Random.Shared.Next(100_000);

    /// <summary>The API as the phone's owner uses it.</summary>
    public EdgeClient Owner => owner;

    /// <summary>A number that no other phone has.</summary>
    public string Number { get; } = $"+1555{Interlocked.Increment(ref _last) % 1_000_000 + 3_000_000:0000000}";

    /// <summary>The id of the linked number.</summary>
    public string Id { get; private set; } = "";

    /// <summary>A phone whose number its owner has linked and verified.</summary>
    public static async Task<Phone> VerifiedAsync(ApplicationFixture app, EdgeClient? owner = null)
    {
        var phone = new Phone(app, owner ?? await app.Edge.NewUserAsync());
        await phone.LinkAsync();
        await phone.VerifyAsync();
        return phone;
    }

    public async Task LinkAsync()
    {
        var linked = await owner.PostAsync("/api/phone-numbers", new { phoneNumber = Number }, HttpStatusCode.Created);
        Id = (string)linked["id"]!;
    }

    public async Task VerifyAsync()
    {
        var code = await ReadCodeAsync();
        var verified = await owner.PostAsync($"/api/phone-numbers/{Id}/verify", new { code }, HttpStatusCode.OK);
        ((bool)verified["verified"]!).ShouldBeTrue();
    }

    /// <summary>The code of the newest SMS on this phone that has one.</summary>
    public async Task<string> ReadCodeAsync()
    {
        var texts = await Eventually.SeesAsync(
            () => app.Simulator.TextsToAsync(Number),
            all => all.Any(text => Code().IsMatch((string)text["body"]!)),
            $"a code on the phone {Number}");
        return texts.Select(text => Code().Match((string)text["body"]!).Value).Last(code => code.Length > 0);
    }

    /// <summary>Sends an SMS; answers what Twilio was told.</summary>
    public Task<JsonNode> TextAsync(string body, params object[] media) =>
        app.Simulator.ReceiveTextAsync(new { from = Number, body, media });

    /// <summary>The items that were made of what this phone's owner sent, all of them.</summary>
    public async Task<IReadOnlyList<JsonNode>> ItemsAsync(string filter = "")
    {
        var all = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = await owner.GetAsync($"/api/enrichments?limit=100{filter}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            all.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        return all;
    }

    /// <summary>The items of one text, in the order of its parts, when there are so many and none is still in work.</summary>
    public async Task<IReadOnlyList<JsonNode>> SettledAsync(string messageSid, int count, TimeSpan? within = null)
    {
        var items = await Eventually.SeesAsync(
            async () => (await ItemsAsync()).Where(item => (string?)item["messageSid"] == messageSid).ToList(),
            all => all.Count >= count && all.All(IsSettled),
            $"{count} settled items of {messageSid}",
            within);
        items.Count.ShouldBe(count);
        return [.. items.OrderBy(item => (int)item["part"]!)];
    }

    public static bool IsSettled(JsonNode item) => (string?)item["status"] is "completed" or "failed";

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex Code();
}
