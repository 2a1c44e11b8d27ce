namespace Switchboard.Core.Social;

/// <summary>How a platform counts the length of a post.</summary>
public enum PostUnit
{
    /// <summary>Characters of Unicode (code points).</summary>
    CodePoints,

    /// <summary>What a reader sees as one character (UAX 29).</summary>
    Graphemes,

    /// <summary>X: a link is 23, emoji and CJK are two.</summary>
    Weighted,

    /// <summary>Mastodon: a link is 23, a mention counts without its domain.</summary>
    Mastodon,
}

/// <summary>What a platform can do that publishing depends on.</summary>
[Flags]
public enum PlatformCapabilities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The same request, sent again, makes no second post, however late it comes: it has a record key of the caller's. An
    /// idempotency key that is forgotten is none.</summary>
    Idempotent = 1,

    /// <summary>One can ask it whether a post was made.</summary>
    ReadBack = 2,

    /// <summary>A post can be deleted through its API.</summary>
    Delete = 4,

    /// <summary>It fetches media itself, from a link that anybody can open.</summary>
    FetchesMedia = 8,

    /// <summary>Accounts are at servers of many operators.</summary>
    ManyServers = 16,
}

/// <summary>A platform that posts go to, as each process knows it. Its client is in <c>Workers.Dispatch/Social/Platforms</c>.</summary>
/// <param name="Name">The value of <c>social_accounts.platform</c>.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="MaxText">The longest text, in <paramref name="Unit"/>.</param>
/// <param name="Unit">What it counts texts in.</param>
/// <param name="Capabilities">What it can do.</param>
public sealed record PlatformDefinition(string Name, string Label, int MaxText, PostUnit Unit, PlatformCapabilities Capabilities)
{
    /// <summary>Where each link counts the same, how long that is.</summary>
    public int LinkLength { get; init; } = 23;

    /// <summary>How many files a post has; null: as its rules of media say.</summary>
    public int? MaxMedia { get; init; }

    /// <summary>Whether it can do something.</summary>
    public bool Can(PlatformCapabilities capability) => (Capabilities & capability) == capability;
}

/// <summary>The platforms there are.</summary>
public static class SocialPlatforms
{
    /// <summary>Instagram, accounts of professionals.</summary>
    public const string Instagram = "instagram";

    /// <summary>Pages of Facebook.</summary>
    public const string Facebook = "facebook";

    /// <summary>X.</summary>
    public const string X = "x";

    /// <summary>LinkedIn, members and organizations.</summary>
    public const string LinkedIn = "linkedin";

    /// <summary>Mastodon, at any instance.</summary>
    public const string Mastodon = "mastodon";

    /// <summary>Bluesky, at any PDS.</summary>
    public const string Bluesky = "bluesky";

    /// <summary>All of them, by their names.</summary>
    public static IReadOnlyDictionary<string, PlatformDefinition> All { get; } = new PlatformDefinition[]
    {
        new(Instagram, "Instagram", 2_200, PostUnit.CodePoints, PlatformCapabilities.ReadBack | PlatformCapabilities.FetchesMedia),
        new(Facebook, "Facebook", 63_206, PostUnit.CodePoints,
            PlatformCapabilities.ReadBack | PlatformCapabilities.Delete | PlatformCapabilities.FetchesMedia),
        new(X, "X", 280, PostUnit.Weighted, PlatformCapabilities.ReadBack | PlatformCapabilities.Delete),
        new(LinkedIn, "LinkedIn", 3_000, PostUnit.CodePoints, PlatformCapabilities.ReadBack | PlatformCapabilities.Delete),
        new(Mastodon, "Mastodon", 500, PostUnit.Mastodon,
            PlatformCapabilities.ReadBack | PlatformCapabilities.Delete | PlatformCapabilities.ManyServers),
        new(Bluesky, "Bluesky", 300, PostUnit.Graphemes,
            PlatformCapabilities.Idempotent | PlatformCapabilities.ReadBack | PlatformCapabilities.Delete
                | PlatformCapabilities.ManyServers),
    }.ToDictionary(platform => platform.Name);
}
