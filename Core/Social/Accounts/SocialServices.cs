using Microsoft.Extensions.DependencyInjection.Extensions;
using Switchboard.Core.Providers;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Redis.Locks;
using Switchboard.Core.Security;

namespace Switchboard.Core.Social.Accounts;

/// <summary>Registration of accounts.</summary>
public static class SocialServices
{
    /// <summary>Accounts, their tokens, and the clients that go through their proxies.</summary>
    public static IServiceCollection AddSocialAccounts(this IServiceCollection services)
    {
        // added twice, a client would have each of its handlers twice
        if (services.Any(service => service.ServiceType == typeof(SocialHttp)))
            return services;
        services.AddOptions<SocialOptions>().BindConfiguration(SocialOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<LinkedInOptions>().BindConfiguration(LinkedInOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSecretProtector();
        services.TryAddSingleton(TimeProvider.System);
        foreach (var platform in SocialPlatforms.All.Keys)
        {
            services.AddProviderHttpClient(SocialHttp.NameOf(platform), SettingsOf, isByHost: true)
                .ConfigurePrimaryHttpMessageHandler(provider => NetworkOf(provider, platform));
        }

        var checks = services.AddHttpClient(SocialHttp.Checks).ConfigurePrimaryHttpMessageHandler(provider => NetworkOf(provider, ""))
            .RemoveAllLoggers();
#pragma warning disable EXTEXP0001 // the only way to have none of what all clients have
        checks.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        services.TryAddSingleton<SocialAddresses>();
        services.TryAddSingleton<ProxyConnections>();
        services.TryAddSingleton<SocialHttp>();
        services.TryAddSingleton<SocialAccountStore>();
        services.TryAddSingleton<SocialAccountCache>();
        services.TryAddSingleton<SocialProxyStore>();
        services.TryAddSingleton<OAuthClient>();
        services.TryAddSingleton<DistributedLock>();
        services.TryAddSingleton<SocialInstances>();
        services.TryAddSingleton<BlueskySessions>();
        services.TryAddSingleton<SocialAuthorizations>();
        services.TryAddSingleton<SocialTokens>();
        return services;

        static SocialNetwork NetworkOf(IServiceProvider provider, string platform) => new(
            platform, provider.GetRequiredService<ProxyConnections>(), provider.GetRequiredService<IOptions<SocialOptions>>().Value,
            provider.GetRequiredService<SocialAddresses>());

        static ProviderHttpSettings SettingsOf(IServiceProvider provider)
        {
            var options = provider.GetRequiredService<IOptions<SocialOptions>>().Value;
            return new(BaseUrl: null, TimeSpan.FromSeconds(options.TimeoutSeconds), options.MaxConnections);
        }
    }
}
