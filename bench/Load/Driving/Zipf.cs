namespace Switchboard.Load.Driving;

/// <summary>
/// Chooses among ranks so that the k-th is chosen in proportion to 1/k (Zipf, exponent 1): a few phones write most texts. Of 1,000
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

        // what ends a rank belongs to the next one
        return Math.Min(found < 0 ? ~found : found + 1, _upTo.Length - 1);
    }
}
