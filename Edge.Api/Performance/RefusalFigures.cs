using Switchboard.Core.Performance;
using Switchboard.Edge.Api.Texts;

namespace Switchboard.Edge.Api.Performance;

/// <summary>The memory of numbers over their hourly limit, which answers without a question to Redis.</summary>
/// <param name="Size">How many it knows now.</param>
/// <param name="Max">How many it may know.</param>
/// <param name="Hits">Texts that it refused by itself.</param>
/// <param name="Misses">Texts that it knew nothing about.</param>
internal sealed record RefusalFigures(int Size, int Max, long Hits, long Misses) : IFigures
{
    /// <inheritdoc/>
    public static string Section => "refusals";

    /// <summary>Those of this process.</summary>
    public static RefusalFigures Of(RefusedNumbers memory)
    {
        var (size, max, hits, misses) = memory.Read();
        return new(size, max, hits, misses);
    }
}
