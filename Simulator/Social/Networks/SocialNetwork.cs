using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>The platforms, each with a state of its own.</summary>
internal sealed class SocialNetworks(IConfiguration configuration, SocialPosts posts, TimeProvider timeProvider)
{
    private readonly Dictionary<string, SocialNetwork> _all =
        Providers.Social.ToDictionary(name => name, name => new SocialNetwork(name, configuration, posts, timeProvider));

    public IEnumerable<string> Names => _all.Keys;

    public SocialNetwork Of(string name) => _all[name];

    /// <summary>A platform by its name; null when there is none of it.</summary>
    public SocialNetwork? Find(string? name) => name is null ? null : _all.GetValueOrDefault(name);
}

/// <summary>A platform: the application that calls it, its accounts, what they authorized, and what was posted.</summary>
internal sealed class SocialNetwork
{
    public SocialNetwork(string name, IConfiguration configuration, SocialPosts posts, TimeProvider timeProvider)
    {
        (Name, Posts, Clock) = (name, posts, timeProvider);
        var section = configuration.GetSection($"Social:{name}");
        ClientId = section["ClientId"] ?? $"demo-{name}-client";
        ClientSecret = section["ClientSecret"] ?? $"demo-{name}-secret";
        Accounts = new SocialAccounts(name);
        Tokens = new SocialTokens(this);
        Uploads = new SocialUploads(timeProvider);
    }

    public string Name { get; }

    public string ClientId { get; }

    public string ClientSecret { get; }

    public SocialAccounts Accounts { get; }

    public SocialTokens Tokens { get; }

    public SocialUploads Uploads { get; }

    public SocialPosts Posts { get; }

    public TimeProvider Clock { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>How it behaves from now on.</summary>
    public SocialSettings Settings { get; set; } = new();

    /// <summary>Whether a text is refused since the account has it already, as X and Facebook do, and the settings say so.</summary>
    public bool IsDuplicate(SocialAccount account, string text) =>
        Settings.RefuseDuplicates && Posts.Of(Name, account.Id).Any(post => post.Text == text);
}

/// <summary>What <c>PUT /_sim/social/{platform}/settings</c> sets; what is left out is as at first.</summary>
internal sealed record SocialSettings
{
    /// <summary>Who is at the page of consent when nobody says who.</summary>
    public string Account { get; init; } = SocialAccounts.Demo;

    /// <summary>How long containers, videos and other media are processed after they were uploaded or fetched.</summary>
    public double ProcessingSeconds { get; init; } = 1;

    /// <summary>How long access tokens last; null for as long as the platform's own.</summary>
    public int? TokenSeconds { get; init; }

    /// <summary>How many posts an account may make in the platform's own span; null for its own limit.</summary>
    public int? PostsPerSpan { get; init; }

    /// <summary>How long a post of Mastodon may be, as the instance counts.</summary>
    public int MaxCharacters { get; init; } = 500;

    /// <summary>How many posts of X the application may make in a day.</summary>
    public int AppPostsPerDay { get; init; } = 10_000;

    /// <summary>
    /// Whether LinkedIn lets the application list the posts of members without the scope <c>r_member_social</c>, which it grants to few:
    /// so that one can see what reading back does with it, and by <c>false</c> without it.
    /// </summary>
    public bool ListsMemberPosts { get; init; } = true;

    /// <summary>
    /// Whether X and Facebook refuse a text that the account has posted already. They do; but whoever posts twice by mistake is to be seen
    /// here with both posts, so it is off at first.
    /// </summary>
    public bool RefuseDuplicates { get; init; }
}
