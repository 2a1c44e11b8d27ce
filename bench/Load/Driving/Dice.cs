namespace Switchboard.Load.Driving;

/// <summary>Numbers by chance that are the same each time: SplitMix64 (Steele, Lea, Flood 2014) from a seed.</summary>
internal struct Dice(long seed)
{
    private ulong _state = unchecked((ulong)seed);

    /// <summary>0 to less than 1.</summary>
    public double Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
