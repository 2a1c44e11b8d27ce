namespace Switchboard.Load.Api;

/// <summary>
/// Which kind each request of a run is: in the proportion of their rates, each kind as evenly spread as it can be (smooth weighted
/// round robin, as nginx chooses among servers).
/// </summary>
internal sealed class RequestMix
{
    private readonly int[] _cycle;

    /// <summary>Spreads the kinds.</summary>
    /// <param name="rates">How many of each kind come to a cycle; a kind is called by its place.</param>
    public RequestMix(params IReadOnlyList<int> rates)
    {
        var total = rates.Sum();
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1, nameof(rates));
        _cycle = new int[total];
        var credit = new int[rates.Count];
        for (var n = 0; n < total; n++)
        {
            for (var kind = 0; kind < rates.Count; kind++)
                credit[kind] += rates[kind];
            var next = Array.IndexOf(credit, credit.Max());
            credit[next] -= total;
            _cycle[n] = next;
        }
    }

    /// <summary>The kind of the request with a number, from 0.</summary>
    public int Of(long number) => _cycle[number % _cycle.Length];

    /// <summary>How many of the first requests are of a kind.</summary>
    public long CountOf(int kind, long requests)
    {
        var cycles = Math.DivRem(requests, _cycle.Length, out var rest);
        return (cycles * _cycle.Count(one => one == kind)) + _cycle.Take((int)rest).Count(one => one == kind);
    }
}
