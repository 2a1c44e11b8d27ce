using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Core.Jobs;

/// <summary>What became of the jobs of one type in one minute.</summary>
internal sealed class JobMinute(string type, DateTimeOffset minute)
{
    public string Type => type;

    public DateTimeOffset Minute => minute;

    public long Completed { get; private set; }

    public long Failed { get; private set; }

    public long Dead { get; private set; }

    /// <summary>Of the completed ones, from enqueued to settled, by <see cref="LatencyBuckets"/>.</summary>
    public long[] LatencyCounts { get; } = new long[LatencyBuckets.Count];

    public void Add(Settlement settlement, TimeSpan latency)
    {
        switch (settlement)
        {
            case Settlement.Finish:
                Completed++;
                LatencyCounts[LatencyBuckets.IndexOf(latency)]++;
                break;
            case Settlement.Wait { IsRetry: true }:
                Failed++;
                break;
            case Settlement.Bury:
                Dead++;
                break;
            default:
                // postponed or sent on: nothing became of it yet
                break;
        }
    }

    public void Add(JobMinute other)
    {
        Completed += other.Completed;
        Failed += other.Failed;
        Dead += other.Dead;
        for (var i = 0; i < LatencyCounts.Length; i++)
            LatencyCounts[i] += other.LatencyCounts[i];
    }
}
