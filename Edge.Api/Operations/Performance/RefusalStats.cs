using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Sms.Messages;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>The memory of numbers over their hourly limit, which answers without a question to Redis.</summary>
/// <param name="Size">How many it knows now.</param>
/// <param name="Max">How many it may know.</param>
/// <param name="Hits">Texts that it refused by itself.</param>
/// <param name="Misses">Texts that it knew nothing about.</param>
internal sealed record RefusalStats(int Size, int Max, long Hits, long Misses) : IStats
{
    /// <inheritdoc/>
    public static string Section => "refusals";

    /// <summary>Those of this process.</summary>
    public static RefusalStats Of(ThrottledNumbers memory)
    {
        var (size, max, hits, misses) = memory.Read();
        return new(size, max, hits, misses);
    }
}
