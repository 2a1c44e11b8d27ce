using System.ComponentModel.DataAnnotations;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Social.Accounts;
using Switchboard.Edge.Api.Platform.Connections;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>How much of social publishing a user may have; section <c>Social</c>.</summary>
internal sealed class SocialAccountOptions
{
    public const string Section = "Social";

    /// <summary>The most accounts of one user.</summary>
    [Range(1, 1_000_000)]
    public int MaxAccountsPerUser { get; init; } = 10_000;

    /// <summary>The most groups of one user.</summary>
    [Range(1, 100_000)]
    public int MaxGroupsPerUser { get; init; } = 1_000;

    /// <summary>The most proxies of one user.</summary>
    [Range(1, 100_000)]
    public int MaxProxiesPerUser { get; init; } = 1_000;

    /// <summary>The most warm-up protocols of one user.</summary>
    [Range(1, 10_000)]
    public int MaxProtocolsPerUser { get; init; } = 100;
}

/// <summary>What holds for the fields of accounts, groups, proxies and protocols.</summary>
internal static class SocialAccountRules
{
    public const int MaxName = 100;
    public const int MaxTags = 50;
    public const int MaxTag = 50;
    public const int MaxCap = 10_000;

    /// <summary>Tags as they are stored: each once.</summary>
    public static IReadOnlyList<string> TagsOf(IEnumerable<string?> tags) => [.. tags.Select(tag => tag!.Trim()).Distinct()];
}

internal static class SocialAccountServices
{
    /// <summary>Social accounts and how they are connected, groups, proxies and warm-up protocols.</summary>
    public static IServiceCollection AddSocialEndpoints(this IServiceCollection services)
    {
        services.AddOptions<SocialAccountOptions>().BindConfiguration(SocialAccountOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSocialAccounts()
            .AddSingleton<OAuthConnections>()
            .AddSingleton<BrowserCookie>()
            .AddSingleton<SocialConnectionFlow>()
            .AddSingleton<SocialServers>()
            .AddSingleton<ConnectedAccountStore>()
            .AddSingleton<AccountWriter>()
            .AddSingleton<SocialAccountConnector>()
            .AddSingleton<SocialAccountChanges>()
            .AddSingleton<GroupStore>()
            .AddSingleton<WarmupStore>();
    }
}
