using System.Net;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Social;

/// <summary>An account of each platform is connected, checked, and taken away.</summary>
public sealed class ConnectSocialTests(ApplicationFixture app) : IDisposable
{
    private readonly SocialAccounts _accounts = new(app);

    public void Dispose() => _accounts.Dispose();

    [Theory]
    [InlineData("instagram")]
    [InlineData("facebook")]
    [InlineData("x")]
    [InlineData("linkedin")]
    [InlineData("mastodon")]
    [InlineData("bluesky")]
    public async Task An_account_of_each_platform_is_connected_checked_and_revoked(string platform)
    {
        var me = await app.Edge.NewUserAsync();
        var name = $"a{Guid.CreateVersion7():n}"[..20];

        var id = await _accounts.ConnectAsync(me, platform, name);

        var account = await me.GetAsync($"/api/accounts/social/{id}");
        ((string)account["state"]!).ShouldBe("active");
        ((string)account["handle"]!).ShouldNotBeNullOrEmpty();
        using var asked = await me.SendAsync(HttpMethod.Post, $"/api/accounts/social/{id}/check");
        asked.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        // its own check and the one that was asked for leave it well
        (await me.GetAsync($"/api/accounts/social/{id}/history"))["items"]!.AsArray().Select(item => (string)item!["state"]!)
            .ShouldBe(["active", "connecting"]);

        using var gone = await me.SendAsync(HttpMethod.Delete, $"/api/accounts/social/{id}");
        gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var read = await me.SendAsync(HttpMethod.Get, $"/api/accounts/social/{id}");
        read.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
