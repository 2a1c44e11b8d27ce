namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>How far a full sync is, as stored and shown.</summary>
internal static class SyncState
{
    /// <summary>Its job waits.</summary>
    public const string Queued = "queued";

    public const string Running = "running";

    /// <summary>Its account is not active; it goes on when that is.</summary>
    public const string Paused = "paused";

    public const string Completed = "completed";

    public const string Failed = "failed";

    /// <summary>Its user wanted no more of it.</summary>
    public const string Cancelled = "cancelled";
}
