namespace Switchboard.Core.Jobs;

/// <summary>What the tables say of one job type.</summary>
internal sealed record JobCounts(
    long Active,
    long Scheduled,
    long Dead,
    long Completed,
    long Failed,
    long RecentlyCompleted,
    long RecentlyFailed,
    IReadOnlyList<long> Latencies)
{
    public static JobCounts None { get; } = new(0, 0, 0, 0, 0, 0, 0, []);
}
