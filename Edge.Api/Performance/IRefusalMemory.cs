namespace Switchboard.Edge.Api.Performance;

/// <summary>A process's memory of numbers over their hourly limit, as it is watched and cleared from here.</summary>
internal interface IRefusalMemory
{
    /// <summary>How many numbers it has and may have; how many texts it refused by itself, and how many it had to ask about.</summary>
    (int Size, int Max, long Hits, long Misses) Read();

    /// <summary>Forgets all numbers; what it counted stays.</summary>
    void Clear();
}
