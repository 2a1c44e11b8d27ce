using Switchboard.Core.Social.Platforms;

namespace Switchboard.Core.Social.Posts;

/// <summary>The states of a post: values of <c>social_posts.state</c>.</summary>
public static class PostStates
{
    /// <summary>Nobody has said that it is to go out.</summary>
    public const string Draft = "draft";

    /// <summary>It goes out at its time, or waits in the queue of a schedule for one.</summary>
    public const string Scheduled = "scheduled";

    /// <summary>Some of its targets are under way.</summary>
    public const string Publishing = "publishing";

    /// <summary>It is at each target.</summary>
    public const string Published = "published";

    /// <summary>It is at some targets, and failed or was cancelled at others.</summary>
    public const string Partly = "partly";

    /// <summary>It is at no target.</summary>
    public const string Failed = "failed";

    /// <summary>It was cancelled before it was at any target.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Draft, Scheduled, Publishing, Published, Partly, Failed, Cancelled];
}

/// <summary>A post to be stored.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">What it says.</param>
/// <param name="Targets">Where it goes.</param>
public sealed record NewPost(Guid Id, PostContent Content, PostTargets Targets)
{
    /// <summary><see cref="PostStates.Draft"/> or <see cref="PostStates.Scheduled"/>.</summary>
    public string State { get; init; } = PostStates.Scheduled;

    /// <summary>When it goes out; null of a draft without a time, and of one that waits in the queue of a schedule.</summary>
    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>The schedule that made it, or in whose queue it waits.</summary>
    public Guid? ScheduleId { get; init; }

    /// <summary>Which occurrence of the schedule it is; there is one post of each.</summary>
    public DateTimeOffset? OccurrenceAt { get; init; }

    /// <summary>Its place in the queue of the schedule.</summary>
    public long? QueuePosition { get; init; }

    /// <summary>Words by which its user finds it.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What its user's programs keep with it: an object of JSON.</summary>
    public string Metadata { get; init; } = "{}";
}

/// <summary>An account that a post goes to.</summary>
/// <param name="Id">The account.</param>
/// <param name="Platform">Its platform, a name of <see cref="SocialPlatforms"/>.</param>
public sealed record TargetAccount(Guid Id, string Platform)
{
    /// <summary>Of Mastodon, what its instance takes, as it said last; null where it has not said.</summary>
    public InstanceLimits? Limits { get; init; }
}

/// <summary>What is wrong with a post of several.</summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Field">The field of it: <c>targets.accounts[2]</c>.</param>
/// <param name="Message">What is wrong, for people.</param>
public sealed record PostError(int Index, string Field, string Message);

/// <summary>What posts name, as it is found; or what they name that is not there.</summary>
/// <param name="Posts">The posts.</param>
/// <param name="Targets">The accounts that each goes to, each account once.</param>
/// <param name="Media">The media that they name, by their ids.</param>
/// <param name="Errors">What is wrong; then nothing of it is stored.</param>
public sealed record ResolvedPosts(
    IReadOnlyList<NewPost> Posts,
    IReadOnlyList<IReadOnlyList<TargetAccount>> Targets,
    IReadOnlyDictionary<Guid, MediaFacts> Media,
    IReadOnlyList<PostError> Errors);
