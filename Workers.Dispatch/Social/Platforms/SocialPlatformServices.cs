using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>Registration of the platforms' clients.</summary>
internal static class SocialPlatformServices
{
    /// <summary>Adds an <see cref="ISocialPlatform"/> for each; they need <see cref="SocialServices.AddSocialAccounts"/>.</summary>
    public static IServiceCollection AddSocialPlatforms(this IServiceCollection services)
    {
        services.AddSingleton<IPlatformAccess, PlatformAccess>();
        services.AddSingleton<ISocialPlatform, InstagramClient>();
        services.AddSingleton<ISocialPlatform, FacebookClient>();
        services.AddSingleton<ISocialPlatform, XClient>();
        services.AddSingleton<ISocialPlatform, LinkedInClient>();
        services.AddSingleton<ISocialPlatform, MastodonClient>();
        services.AddSingleton<ISocialPlatform, BlueskyClient>();
        return services;
    }

    /// <summary>An account's own proxy and its stored token.</summary>
    private sealed class PlatformAccess(SocialHttp http, SocialTokens tokens) : IPlatformAccess
    {
        public TimeSpan Timeout => http.RequestTimeout;

        public HttpClient ClientOf(SocialAccount account) => http.For(account);

        public Task<T> AuthorizedAsync<T>(SocialAccount account, Func<string, Task<T>> use, CancellationToken cancellationToken) =>
            tokens.UseAsync(account, use, cancellationToken);
    }
}
