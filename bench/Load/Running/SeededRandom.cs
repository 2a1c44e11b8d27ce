namespace Switchboard.Load.Running;

/// <summary>Random numbers that are the same each time: SplitMix64 (Steele, Lea, Flood 2014) from a seed.</summary>
internal struct SeededRandom(long seed)
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

/// <summary>
/// Chooses among ranks so that the k-th is chosen in proportion to 1/k (Zipf, exponent 1): a few phones write most SMS. Of 1,000
/// the first writes 13 %, the first hundred two thirds.
/// </summary>
internal sealed class Zipf
{
    private readonly double[] _upTo;

    public Zipf(int ranks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        _upTo = new double[ranks];
        var sum = 0.0;
        for (var rank = 0; rank < ranks; rank++)
        {
            sum += 1.0 / (rank + 1);
            _upTo[rank] = sum;
        }
    }

    /// <summary>The rank, from 0, at a place of the distribution.</summary>
    /// <param name="place">0 to less than 1, evenly spread.</param>
    public int At(double place)
    {
        var found = Array.BinarySearch(_upTo, place * _upTo[^1]);

        // the end of a rank belongs to the next one
        return Math.Min(found < 0 ? ~found : found + 1, _upTo.Length - 1);
    }
}
