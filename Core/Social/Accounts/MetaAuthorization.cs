using System.Text.Json;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Core.Social.Accounts;

/// <summary>
/// Instagram: a code gives a token for an hour, which is exchanged for one of sixty days; that one is renewed by itself, while it is good
/// (Instagram API with Instagram Login).
/// </summary>
internal sealed class InstagramAuthorization(OAuthClient client, IOptions<SocialOptions> options, TimeProvider timeProvider)
    : PlatformAuthorization(client, timeProvider)
{
    /// <summary>OAuthException: the token has ended or was taken back.</summary>
    internal const string InvalidToken = "190";

    public override Task<OAuthProvider?> ProviderAsync(string server, HttpClient http, CancellationToken cancellationToken) =>
        Task.FromResult<OAuthProvider?>(ProviderOf(
            SocialPlatforms.Instagram, options.Value.Instagram, http, TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
            "instagram_business_basic,instagram_business_content_publish", "/me?fields=user_id,username,name", ReadProfile) with
        {
            UsesPkce = false,
            IsRevoked = static (code, _) => code == InvalidToken,
        });

    public override async Task<IReadOnlyList<AuthorizedAccount>> AccountsAsync(
        OAuthProvider provider, OAuthGrant grant, CancellationToken cancellationToken)
    {
        var longLived = await AskAsync(
            provider,
            $"/access_token?grant_type=ig_exchange_token&client_secret={Uri.EscapeDataString(provider.ClientSecret)}",
            grant.AccessToken, cancellationToken);
        var profile = await Client.ProfileAsync(provider, longLived.AccessToken, cancellationToken);
        return profile is null ? [] : [AccountOf(profile, SocialGrant.Of(longLived, null, Now, renews: true))];
    }

    public override async Task<SocialGrant> RenewAsync(
        OAuthProvider? provider, SocialAccount account, HttpClient http, SocialGrant grant, ProviderFailure? refusal,
        CancellationToken cancellationToken)
    {
        // what is not taken any more renews nothing
        if (refusal is not null)
            throw Ended(refusal);
        var renewed = await AskAsync(provider!, "/refresh_access_token?grant_type=ig_refresh_token", grant.AccessToken, cancellationToken);
        return SocialGrant.Of(renewed, null, Now, renews: true);
    }

    // there is no way to
    public override Task RevokeAsync(
        OAuthProvider? provider, SocialAccount account, HttpClient http, SocialGrant grant, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    private Task<OAuthGrant> AskAsync(OAuthProvider provider, string path, string accessToken, CancellationToken cancellationToken) =>
        Client.GetAsync(
            provider, options.Value.Instagram.Api($"{path}&access_token={Uri.EscapeDataString(accessToken)}"), null,
            OAuthJson.Default.OAuthGrant, cancellationToken);

    private static AccountProfile? ReadProfile(JsonElement profile) =>
        (Text(profile, "user_id") ?? Text(profile, "id")) is { } id
            ? new(Text(profile, "username") ?? id) { Id = id, DisplayName = Text(profile, "name") }
            : null;
}

/// <summary>
/// Facebook: a user authorizes pages. Their token is exchanged for a long-lived one, and that for a token of each page, which does not end
/// for as long as the user keeps their role and their password (Pages API).
/// </summary>
internal sealed class FacebookAuthorization(OAuthClient client, IOptions<SocialOptions> options, TimeProvider timeProvider)
    : PlatformAuthorization(client, timeProvider)
{
    private const int MostParts = 10;

    public override Task<OAuthProvider?> ProviderAsync(string server, HttpClient http, CancellationToken cancellationToken) =>
        Task.FromResult<OAuthProvider?>(ProviderOf(
            SocialPlatforms.Facebook, options.Value.Facebook, http, TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
            "pages_show_list,pages_manage_posts,pages_read_engagement", "/me/accounts?fields=id,name,access_token&limit=100", ReadPage) with
        {
            UsesPkce = false,
            IsRevoked = static (code, _) => code == InstagramAuthorization.InvalidToken,
        });

    public override async Task<IReadOnlyList<AuthorizedAccount>> AccountsAsync(
        OAuthProvider provider, OAuthGrant grant, CancellationToken cancellationToken)
    {
        var exchange = new UriBuilder(provider.TokenUrl)
        {
            Query = $"grant_type=fb_exchange_token&client_id={Uri.EscapeDataString(provider.ClientId)}"
                + $"&client_secret={Uri.EscapeDataString(provider.ClientSecret)}"
                + $"&fb_exchange_token={Uri.EscapeDataString(grant.AccessToken)}",
        };
        var user = await Client.GetAsync(provider, exchange.Uri, null, OAuthJson.Default.OAuthGrant, cancellationToken);
        var pages = new List<AuthorizedAccount>();
        string? after = null;
        for (var part = 0; part < MostParts; part++)
        {
            var address = after is null ? provider.ProfileUrl : new($"{provider.ProfileUrl}&after={Uri.EscapeDataString(after)}");
            var answer = await Client.GetAsync(provider, address, user.AccessToken, OAuthJson.Default.JsonElement, cancellationToken);
            pages.AddRange(
                from page in PagesOf(answer)
                let token = TokenOf(page)
                let profile = provider.ReadProfile(page)
                where profile is not null && token is not null
                select AccountOf(profile, new(token)));
            after = answer.TryGetProperty("paging", out var paging) && paging.TryGetProperty("next", out _)
                && paging.TryGetProperty("cursors", out var cursors) ? Text(cursors, "after") : null;
            if (after is null)
                break;
        }

        return pages;
    }

    private static List<JsonElement> PagesOf(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("data", out var pages) && pages.ValueKind == JsonValueKind.Array
            ? [.. pages.EnumerateArray()]
            : [];

    // a page's token revokes nothing: its user removes the application
    public override Task RevokeAsync(
        OAuthProvider? provider, SocialAccount account, HttpClient http, SocialGrant grant, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    private static string? TokenOf(JsonElement page) =>
        page.TryGetProperty("access_token", out var token) && token.ValueKind == JsonValueKind.String ? token.GetString() : null;

    private static AccountProfile? ReadPage(JsonElement page) =>
        Text(page, "id") is { } id ? new(Text(page, "name") ?? id) { Id = id, DisplayName = Text(page, "name") } : null;
}
