namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>Whether a sync that is not at its end does for one that is asked for now. A pure decision.</summary>
internal static class SyncCoverage
{
    /// <summary>Whether it reads all that is asked for: from the same time on, from an earlier one, or from the first mail on.</summary>
    /// <param name="running">From when the one that is there reads; null: from the first mail on.</param>
    /// <param name="wanted">From when is asked for; null: from the first mail on.</param>
    public static bool Covers(DateTimeOffset? running, DateTimeOffset? wanted) => running is null || running <= wanted;
}
