namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>How fast a sync is, and when it will be at its end. A pure decision.</summary>
/// <param name="RatePerSecond">Mails a second since it began; null before there are any.</param>
/// <param name="EstimatedEndAt">When it ends if it goes on like this; null unless it runs and was planned.</param>
internal sealed record SyncPace(double? RatePerSecond, DateTimeOffset? EstimatedEndAt)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>Works it out from what its row says.</summary>
    public static SyncPace Of(string state, long processed, long? total, DateTimeOffset? startedAt, DateTimeOffset updatedAt)
    {
        if (startedAt is not { } start || processed <= 0 || updatedAt <= start)
            return new(null, null);

        var rate = processed / (updatedAt - start).TotalSeconds;
        var left = Math.Max(0, total - processed ?? 0) / rate;
        return new(
            Math.Round(rate, 1),
            state == SyncState.Running && total is not null && left < Longest.TotalSeconds ? updatedAt.AddSeconds(left) : null);
    }
}
