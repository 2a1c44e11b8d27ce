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
