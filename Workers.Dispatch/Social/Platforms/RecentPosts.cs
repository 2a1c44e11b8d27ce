using Switchboard.Core.Providers;
using Switchboard.Core.Social.Platforms;

namespace Switchboard.Workers.Dispatch.Social.Platforms;

/// <summary>A post that a platform lists.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text, as it was written.</param>
/// <param name="At">When it was made.</param>
/// <param name="Url">Where people see it.</param>
internal sealed record RecentPost(string Id, string Text, DateTimeOffset At, string? Url);

/// <summary>
/// Whether an attempt of unknown outcome is among an account's posts, where the platform has no better way to ask: the very text, made
/// while the attempt was under way, and not the post of another target.
/// </summary>
internal static class RecentPosts
{
    /// <summary>Clocks differ.</summary>
    public static TimeSpan Skew { get; } = TimeSpan.FromMinutes(1);

    /// <summary>A request that was not answered may be worked off so long after it was sent.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(10);

    // after that, a post that is not listed was not made
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>Whether a post can be that of an attempt, by its time.</summary>
    public static bool IsOf(DateTimeOffset sentAt, DateTimeOffset at) => at >= sentAt - Skew && at <= sentAt + Window;

    /// <summary>Looks for it.</summary>
    /// <param name="target">The target.</param>
    /// <param name="texts">The text that it was sent with; of the texts that it may have been sent with, each.</param>
    /// <param name="sentAt">When the attempt began.</param>
    /// <param name="now">The time before the posts were asked for.</param>
    /// <param name="listAsync">The posts of the account about that time; null when they cannot be listed that far.</param>
    public static async Task<ReadBack> FindAsync(
        PublishTarget target, IReadOnlyCollection<string> texts, DateTimeOffset sentAt, DateTimeOffset now,
        Func<Task<IReadOnlyList<RecentPost>?>> listAsync)
    {
        IReadOnlyList<RecentPost>? posts;
        try
        {
            posts = await listAsync();
        }
        catch (ProviderException reason) when (reason.Kind is FailureKind.Permanent or FailureKind.NotFound)
        {
            // this account, or this application, may not list posts
            return new ReadBack.CannotTell();
        }

        var wanted = texts.Select(PostRules.Canonical).ToHashSet();
        var found = posts?.Where(
            post => IsOf(sentAt, post.At) && !target.Claimed.Contains(post.Id) && wanted.Contains(PostRules.Canonical(post.Text)))
            .MinBy(post => post.At);
        return posts is null ? new ReadBack.CannotTell()
            : found is null ? Absent(sentAt, now)

            // media alone have nothing to be told by
            : PostRules.Canonical(found.Text).Length == 0 ? new ReadBack.CannotTell()
            : new ReadBack.Found(new(found.Id, found.Url));
    }

    /// <summary>What it means that a post is not there.</summary>
    public static ReadBack Absent(DateTimeOffset sentAt, DateTimeOffset now)
    {
        var left = sentAt + Settled - now;
        return left <= TimeSpan.Zero ? new ReadBack.Absent() : new ReadBack.NotYet(left < Soon ? left : Soon);
    }
}
