using Switchboard.Core.Events;

namespace Switchboard.Core.Email;

/// <summary>How a tracked mail stands, as stored and shown.</summary>
public static class TrackedStatus
{
    /// <summary>It is waited for an answer.</summary>
    public const string Active = "active";

    /// <summary>A person has answered.</summary>
    public const string Responded = "responded";

    /// <summary>It could not be delivered.</summary>
    public const string Bounced = "bounced";

    /// <summary>No answer came while it was waited for; one that comes later still counts.</summary>
    public const string Expired = "expired";

    /// <summary>Stopped by its user.</summary>
    public const string Stopped = "stopped";

    /// <summary>Every status.</summary>
    public static IReadOnlyList<string> All { get; } = [Active, Responded, Bounced, Expired, Stopped];

    /// <summary>
    /// The status that follows from all that is known, whatever became known first: what its user wants counts more than an answer, an
    /// answer more than a bounce (one of several recipients may have answered), a bounce more than that time went by.
    /// </summary>
    /// <param name="isStopped">Whether its user has stopped it.</param>
    /// <param name="hasResponse">Whether a person has answered.</param>
    /// <param name="isBounced">Whether it came back.</param>
    /// <param name="expiresAt">Until when an answer is waited for.</param>
    /// <param name="now">The time.</param>
    public static string Of(bool isStopped, bool hasResponse, bool isBounced, DateTimeOffset expiresAt, DateTimeOffset now) =>
        isStopped ? Stopped
        : hasResponse ? Responded
        : isBounced ? Bounced
        : expiresAt <= now ? Expired
        : Active;
}

/// <summary>The events of tracked mail (<see cref="EventRecord.Type"/>).</summary>
public static class EmailEvents
{
    /// <summary>A person answered it for the first time; the value is the time that this took, in milliseconds.</summary>
    public const string Replied = "email.replied";

    private const string Dimension = "email";

    /// <summary>A mail that nobody had answered was.</summary>
    /// <param name="userId">Whose mail it is.</param>
    /// <param name="trackedId">The mail, a row in <c>tracked_emails</c>.</param>
    /// <param name="at">When the answer came, which for mail of the past is long ago.</param>
    /// <param name="seconds">How long it took.</param>
    public static EventRecord RepliedTo(Guid userId, Guid trackedId, DateTimeOffset at, int seconds) =>
        EventRecord.Of(Replied, userId, trackedId, Dimension, at, seconds * 1_000L);
}
