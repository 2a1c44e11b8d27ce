using System.Net;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>The holder of social accounts: connects them as a person with a browser does, and looks at what was posted.</summary>
public sealed class SocialAccounts(ApplicationFixture app) : IDisposable
{
    /// <summary>All platforms.</summary>
    public static readonly string[] Platforms = ["instagram", "facebook", "x", "linkedin", "mastodon", "bluesky"];

    private readonly MailboxHolder _browser = new(app.Simulator);

    /// <summary>Connects an account of a platform that is called so there; answers its id.</summary>
    public async Task<string> ConnectAsync(EdgeClient user, string platform, string name)
    {
        var answer = await user.PostAsync("/api/accounts/social", platform switch
        {
            "bluesky" => new { platform, identifier = $"{name}.bsky.social", appPassword = "abcd-efgh-ijkl-mnop" },
            "mastodon" => new { platform, server = new Uri(app.Simulator.Address, "social/mastodon").AbsoluteUri },
            _ => (object)new { platform },
        }, HttpStatusCode.Created);
        if (platform != "bluesky")
        {
            var authorization = await _browser.ConfirmAsync(answer);
            var back = await _browser.ConsentAsync(new Uri($"{authorization.AbsoluteUri}&account={name}"));
            answer = await EdgeClient.ReadAsync(await _browser.GetAsync(back, "application/json"), HttpStatusCode.OK);
        }

        ((string)answer["platform"]!).ShouldBe(platform);
        return (string)answer["id"]!;
    }

    /// <summary>Uploads an image of 1,080 pixels square; answers its id.</summary>
    public static async Task<string> UploadAsync(EdgeClient user)
    {
        // a header of JPEG (ITU T.81) with its frame, and no picture
        byte[] image =
        [
            0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0,
            0xFF, 0xC0, 0, 17, 8, 0x04, 0x38, 0x04, 0x38, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xFF, 0xD9,
        ];
        var id = (string)(await user.PostAsync(
            "/api/media-library", new { fileName = "square.jpg", totalBytes = image.Length, altText = "A square" }, HttpStatusCode.Created))["id"]!;
        var part = new ByteArrayContent(image);
        part.Headers.ContentType = new("application/offset+octet-stream");
        using var answer = await user.SendAsync(HttpMethod.Patch, $"/api/media-library/{id}", part, ("Upload-Offset", "0"));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return id;
    }

    /// <summary>What was posted to the platforms that contains the words.</summary>
    public async Task<IReadOnlyList<JsonNode>> PostedAsync(string words) =>
    [
        .. (await app.Simulator.GetAsync($"/_sim/social/posts?limit=10000&q={Uri.EscapeDataString(words)}"))["items"]!.AsArray().Select(post => post!),
    ];

    /// <summary>A post, as soon as it is in a state.</summary>
    public static Task<JsonNode> PostAsync(EdgeClient user, string id, string state, TimeSpan? within = null) => Eventually.SeesAsync(
        () => user.GetAsync($"/api/posts/{id}"), post => (string)post["state"]! == state, $"a post that is {state}", within);

    public void Dispose() => _browser.Dispose();
}
