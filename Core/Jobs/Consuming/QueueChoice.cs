namespace Switchboard.Core.Jobs.Consuming;

/// <summary>
/// Which lane is served next: the highest that has a batch ready, unless a lower one was passed over so often
/// that its turn is due. So a lane never gets less than one batch in <see cref="MaxPassedOver"/> + 1 for each lane above it.
/// </summary>
internal sealed class QueueChoice(int lanes)
{
    /// <summary>How many batches of higher lanes a waiting lane lets go first.</summary>
    public const int MaxPassedOver = 8;

    private readonly int[] _passedOver = new int[lanes];

    /// <summary>The lane to serve, and null when none is ready.</summary>
    /// <param name="ready">For each lane, the highest first, whether it has a batch ready.</param>
    public int? Next(ReadOnlySpan<bool> ready)
    {
        var chosen = ready.IndexOf(true);
        if (chosen < 0)
            return null;
        for (var lane = chosen + 1; lane < ready.Length; lane++)
        {
            if (ready[lane] && _passedOver[lane] >= MaxPassedOver && _passedOver[lane] > _passedOver[chosen])
                chosen = lane;
        }

        _passedOver[chosen] = 0;
        for (var lane = 0; lane < ready.Length; lane++)
        {
            if (lane != chosen)
                _passedOver[lane] = ready[lane] ? _passedOver[lane] + 1 : 0;
        }

        return chosen;
    }
}
