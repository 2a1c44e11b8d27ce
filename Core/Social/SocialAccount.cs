using Switchboard.Core.Social.Platforms;

namespace Switchboard.Core.Social;

/// <summary>The states of an account: values of <c>social_accounts.state</c>.</summary>
public static class AccountStates
{
    /// <summary>It was authorized, and its platform is asked what it is.</summary>
    public const string Connecting = "connecting";

    /// <summary>It follows a warm-up protocol.</summary>
    public const string Warming = "warming";

    /// <summary>It publishes.</summary>
    public const string Active = "active";

    /// <summary>Its platform lets it publish nothing for a time (<c>state_until</c>); it goes on by itself.</summary>
    public const string Limited = "limited";

    /// <summary>Its platform does not take its authorization (any more): its holder has to connect it again.</summary>
    public const string NeedsAuthorization = "needs-authorization";

    /// <summary>Its platform has locked it: a person has to act there, and resume it here.</summary>
    public const string Suspended = "suspended";

    /// <summary>Its user has paused it.</summary>
    public const string Paused = "paused";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Connecting, Warming, Active, Limited, NeedsAuthorization, Suspended, Paused];

    /// <summary>Whether an account in this state publishes.</summary>
    public static bool Publishes(string state) => state is Warming or Active;
}

/// <summary>An account, as those that call its platform need it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Platform">A name of <see cref="SocialPlatforms"/>.</param>
/// <param name="Server">Of platforms with many servers, its address (<c>https://mastodon.example</c>); else empty.</param>
/// <param name="ExternalId">What the platform knows it by.</param>
/// <param name="Handle">What people know it by.</param>
/// <param name="State">One of <see cref="AccountStates"/>.</param>
/// <param name="Proxy">What its requests go through, its own or its group's; null for none.</param>
public sealed record SocialAccount(
    Guid Id, Guid UserId, string Platform, string Server, string ExternalId, string Handle, string State, AccountProxy? Proxy)
{
    /// <summary>Of Mastodon, what its instance takes, as it said last; null where it has not said.</summary>
    public InstanceLimits? Limits { get; init; }
}

/// <summary>The proxy of an account.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Which version of it.</param>
/// <param name="Address">Where it is: scheme, host and port.</param>
/// <param name="IsDown">Whether its last checks failed: nothing of the account goes out meanwhile.</param>
public sealed record AccountProxy(Guid Id, int Version, Uri Address, bool IsDown)
{
    /// <summary>User name and password, encrypted; null for none.</summary>
    public byte[]? Credentials { get; init; }
}
