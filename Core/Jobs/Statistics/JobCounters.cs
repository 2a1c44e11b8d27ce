using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Core.Jobs.Statistics;

/// <summary>What this process has counted of its jobs.</summary>
internal sealed class JobCounters
{
    public void Taken(string type, int count) => _ = (type, count);

    public void LetGo(string type, int count) => _ = (type, count);

    public void Settled(JobMessage message, Settlement settlement, DateTimeOffset now) => _ = (message, settlement, now);
}
