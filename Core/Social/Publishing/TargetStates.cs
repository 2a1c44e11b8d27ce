using Switchboard.Core.Events;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.Social.Publishing;

/// <summary>The states of a post's target: values of <c>social_post_targets.state</c>.</summary>
public static class TargetStates
{
    /// <summary>Its post is a draft.</summary>
    public const string Draft = "draft";

    /// <summary>It is due later.</summary>
    public const string Pending = "pending";

    /// <summary>It is due, and held up for a time: <c>reason</c> says why.</summary>
    public const string Waiting = "waiting";

    /// <summary>Its media are uploaded, or the platform works on them.</summary>
    public const string Preparing = "preparing";

    /// <summary>It is prepared, and to be sent when it is due.</summary>
    public const string Ready = "ready";

    /// <summary>The one request of an attempt is under way.</summary>
    public const string Sending = "sending";

    /// <summary>It may have been made or not: the platform is asked, or a person has to say.</summary>
    public const string Unknown = "unknown";

    /// <summary>It is there.</summary>
    public const string Published = "published";

    /// <summary>It was given up.</summary>
    public const string Failed = "failed";

    /// <summary>Its user has cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>It was published, and is deleted at the platform.</summary>
    public const string Deleted = "deleted";
}

/// <summary>Why a target waits or is not known: values of <c>social_post_targets.reason</c>; what was said of it is in
/// <c>error</c>.</summary>
public static class TargetReasons
{
    /// <summary>What the reasons begin with that an account's state gives: <c>account-paused</c>. They end with that state.</summary>
    public const string AccountPrefix = "account-";

    /// <summary>Another post of the account is under way: they go one after the other.</summary>
    public const string Busy = "busy";

    /// <summary>The account's proxy is down, and nothing goes out without it.</summary>
    public const string ProxyDown = "proxy-down";

    /// <summary>The account has had its posts of the day by its own cap; by its protocol the reason is <c>warm-up</c>.</summary>
    public const string DailyCap = "daily-cap";

    /// <summary>The account has had what its platform's own quota lets it have.</summary>
    public const string PlatformQuota = "platform-quota";

    /// <summary>A limit of ours before one of the platform: of the account, or of the application.</summary>
    public const string RateLimit = "rate-limit";

    /// <summary>The platform said when to come back.</summary>
    public const string Throttled = "throttled";

    /// <summary>The platform cannot be reached.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>An attempt failed, and there is another one.</summary>
    public const string Retry = "retry";

    /// <summary>The platform works on its media.</summary>
    public const string Preparing = "preparing";

    /// <summary>Whether it was made is asked of the platform.</summary>
    public const string ReadBack = "read-back";

    /// <summary>Whether it was made only a person can say.</summary>
    public const string NeedsPerson = "needs-person";

    /// <summary>A person has said that it was not made.</summary>
    public const string NotPublished = "not-published";

    /// <summary>It is being deleted at its platform.</summary>
    public const string Deleting = "deleting";
}

/// <summary>The events of posts (<see cref="EventRecord.Type"/>): one for each target; the subject is the post, the dimension the
/// platform.</summary>
public static class PostEvents
{
    /// <summary>It is there; the value is the time from when it was due to when it was sent, in milliseconds.</summary>
    public const string Published = "post.published";

    /// <summary>It was given up.</summary>
    public const string Failed = "post.failed";

    /// <summary>It is not known whether it was made.</summary>
    public const string Unknown = "post.unknown";
}

/// <summary>What of a post is deleted at its platforms.</summary>
/// <param name="Jobs">A <c>delete-post</c> job for each target, for the caller to stage.</param>
/// <param name="ToConnect">The accounts whose authorization is over, by platform and handle: what they have is not deleted.</param>
public sealed record PostDeletion(IReadOnlyList<OutgoingJob> Jobs, IReadOnlyList<string> ToConnect)
{
    /// <summary>What a target says that waits for its account: it stays published, and can be deleted later.</summary>
    public const string ConnectFirst =
        "It could not be deleted: its platform does not take the account's authorization. Connect the account again at "
        + "POST /api/accounts/social, and delete it then.";
}
