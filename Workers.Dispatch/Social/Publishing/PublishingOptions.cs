using System.ComponentModel.DataAnnotations;
using Switchboard.Core.Social;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>How posts are published; section <c>Publishing</c>.</summary>
internal sealed class PublishingOptions
{
    public const string Section = "Publishing";

    /// <summary>How long a target is claimed: for so long nobody else looks at one whose process died. The one request that makes the post
    /// is given up before that.</summary>
    [Range(15, 3600)]
    public double ClaimSeconds { get; set; } = 90;

    /// <summary>How long the files of a post may take to be uploaded before it is begun again; so long it is claimed meanwhile.</summary>
    [Range(15, 3600)]
    public double PrepareSeconds { get; set; } = 600;

    /// <summary>How many posts to one platform are under way at once, in each process; others wait a second.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentPerPlatform { get; set; } = 300;

    /// <summary>How long a batch waits for its slowest; those go on, and the next batch begins.</summary>
    [Range(0.1, 60)]
    public double PatienceSeconds { get; set; } = 0.5;

    /// <summary>The wait after an attempt that made nothing; it doubles with each.</summary>
    [Range(1, 3600)]
    public double RetrySeconds { get; set; } = 30;

    /// <summary>The wait before the platform is asked whether a post was made of which no answer came; the longer it takes the longer are
    /// the waits.</summary>
    [Range(0.1, 3600)]
    public double ReadBackSeconds { get; set; } = 5;

    /// <summary>How long a platform may take to show a post: that it shows none says nothing before. Not where the same request makes no
    /// second one, however late it comes.</summary>
    [Range(0, 86_400)]
    public double AbsentAfterSeconds { get; set; } = 60;

    /// <summary>After so long a post whose platform cannot be reached has failed, and one of which the platform does not say whether it was
    /// made is for a person.</summary>
    [Range(0.1, 720)]
    public double GiveUpHours { get; set; } = 24;

    /// <summary>How often it is looked whether accounts can publish again for which posts wait.</summary>
    [Range(0.1, 300)]
    public double ResumeSeconds { get; set; } = 5;

    /// <summary>What should have been looked at so long ago and was not is found by the sweep; longer than
    /// <see cref="PrepareSeconds"/>.</summary>
    [Range(1, 86_400)]
    public double SweepAfterSeconds { get; set; } = 900;

    /// <summary>For how many days attempts of posts that are done, and the counts of accounts, are kept; 0 for ever.</summary>
    [Range(0, 3650)]
    public int HistoryDays { get; set; } = 365;

    /// <summary>What Instagram takes.</summary>
    public PlatformLimit Instagram { get; set; } = new() { Posts = 100, WindowSeconds = 86_400 };

    /// <summary>What Facebook takes.</summary>
    public PlatformLimit Facebook { get; set; } = new();

    /// <summary>What X takes.</summary>
    public PlatformLimit X { get; set; } = new() { Posts = 100, WindowSeconds = 900, AppPosts = 10_000, AppWindowSeconds = 86_400 };

    /// <summary>What LinkedIn takes.</summary>
    public PlatformLimit LinkedIn { get; set; } = new() { Posts = 100, WindowSeconds = 86_400 };

    /// <summary>What a server of Mastodon takes.</summary>
    public PlatformLimit Mastodon { get; set; } = new() { Posts = 150, WindowSeconds = 300 };

    /// <summary>What a server of Bluesky takes.</summary>
    public PlatformLimit Bluesky { get; set; } = new() { Posts = 1_600, WindowSeconds = 3_600 };

    /// <summary>How long a claim holds.</summary>
    public TimeSpan Claim => TimeSpan.FromSeconds(ClaimSeconds);

    /// <summary>How long a step may take: what it does must be over when others may look.</summary>
    public TimeSpan Step => Claim * 0.6;

    /// <summary>What a platform takes.</summary>
    public PlatformLimit Of(string platform) => platform switch
    {
        SocialPlatforms.Instagram => Instagram,
        SocialPlatforms.Facebook => Facebook,
        SocialPlatforms.X => X,
        SocialPlatforms.LinkedIn => LinkedIn,
        SocialPlatforms.Mastodon => Mastodon,
        SocialPlatforms.Bluesky => Bluesky,
        _ => throw new ArgumentOutOfRangeException(nameof(platform), platform, "No such platform."),
    };
}

/// <summary>What a platform takes of an account, and of the application.</summary>
internal sealed class PlatformLimit
{
    /// <summary>So many posts of an account in any <see cref="WindowSeconds"/>; 0: as many as there are.</summary>
    [Range(0, 1_000_000)]
    public int Posts { get; set; }

    /// <summary>The window of <see cref="Posts"/>.</summary>
    [Range(1, 604_800)]
    public double WindowSeconds { get; set; } = 86_400;

    /// <summary>So many posts of all accounts in any <see cref="AppWindowSeconds"/>, over all processes; 0: as many as there are.</summary>
    [Range(0, 100_000_000)]
    public int AppPosts { get; set; }

    /// <summary>The window of <see cref="AppPosts"/>.</summary>
    [Range(1, 604_800)]
    public double AppWindowSeconds { get; set; } = 86_400;
}
