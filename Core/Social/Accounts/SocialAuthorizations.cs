using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Core.Social.Accounts;

/// <summary>
/// How accounts of each platform are authorized, and their tokens renewed and revoked, through the proxies of the accounts. No database
/// connection may be held meanwhile.
/// </summary>
public sealed class SocialAuthorizations(
    SocialHttp http, SocialInstances instances, BlueskySessions sessions, OAuthClient client, IOptions<SocialOptions> options,
    IOptions<LinkedInOptions> linkedIn, TimeProvider timeProvider)
{
    private readonly Dictionary<string, PlatformAuthorization> _platforms = new()
    {
        [SocialPlatforms.Instagram] = new InstagramAuthorization(client, options, timeProvider),
        [SocialPlatforms.Facebook] = new FacebookAuthorization(client, options, timeProvider),
        [SocialPlatforms.X] = new XAuthorization(client, options, timeProvider),
        [SocialPlatforms.LinkedIn] = new LinkedInAuthorization(client, options, linkedIn, timeProvider),
        [SocialPlatforms.Mastodon] = new MastodonAuthorization(client, instances, options, timeProvider),
        [SocialPlatforms.Bluesky] = new BlueskyAuthorization(sessions, client, timeProvider),
    };

    /// <summary>Makes ready what has to be before an account holder can authorize: at Mastodon, the application is registered.</summary>
    /// <exception cref="ProviderException">The server did not take it.</exception>
    public async Task PrepareAsync(
        string platform, string server, AccountProxy? proxy, string redirectUri, CancellationToken cancellationToken)
    {
        if (platform == SocialPlatforms.Mastodon)
            await instances.RegisterAsync(server, redirectUri, http.For(platform, server, proxy), cancellationToken);
    }

    /// <summary>The authority of a platform; null where accounts are not authorized by OAuth, or nothing was made ready for it.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="server">Of one with many servers, which.</param>
    /// <param name="proxy">What is asked through.</param>
    /// <param name="ofPage">Whether a page is to be authorized, and not who authorizes it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<OAuthProvider?> FindProviderAsync(
        string platform, string server, AccountProxy? proxy, bool ofPage, CancellationToken cancellationToken)
    {
        var authorization = _platforms[platform];
        var provider = await authorization.ProviderAsync(server, http.For(platform, server, proxy), cancellationToken);
        return ofPage && authorization.PageScopes is { } scopes ? provider! with { Scopes = scopes } : provider;
    }

    /// <summary>The accounts that a grant opens.</summary>
    /// <exception cref="ProviderException">It is not told.</exception>
    public Task<IReadOnlyList<AuthorizedAccount>> AccountsAsync(
        OAuthProvider provider, OAuthGrant grant, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return _platforms[provider.Name].AccountsAsync(provider, grant, cancellationToken);
    }

    /// <summary>Has another token for an account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="grant">What it has.</param>
    /// <param name="refusal">What the platform said of its token; null when that is only old.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">There is none; <see cref="FailureKind.GrantRevoked"/>: nor will there be.</exception>
    public async Task<SocialGrant> RenewAsync(
        SocialAccount account, SocialGrant grant, ProviderFailure? refusal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var provider = await FindProviderAsync(account.Platform, account.Server, account.Proxy, ofPage: false, cancellationToken);
        return await _platforms[account.Platform].RenewAsync(provider, account, http.For(account), grant, refusal, cancellationToken);
    }

    /// <summary>Ends a grant at its platform, where there is a way to.</summary>
    /// <exception cref="ProviderException">It was not ended.</exception>
    public async Task RevokeAsync(SocialAccount account, SocialGrant grant, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var provider = await FindProviderAsync(account.Platform, account.Server, account.Proxy, ofPage: false, cancellationToken);
        await _platforms[account.Platform].RevokeAsync(provider, account, http.For(account), grant, cancellationToken);
    }
}
