namespace Switchboard.Load.Tracked;

/// <summary>
/// Which kind each request of a run is: in the proportion of their rates, each kind as evenly spread as it can be (smooth weighted
/// round robin, as nginx chooses among servers).
/// </summary>
internal sealed class RequestMix
{
    private readonly RequestKind[] _cycle;

    /// <summary>Spreads the kinds.</summary>
    /// <param name="rates">How many of each kind come to a cycle, in the order of <see cref="RequestKind"/>.</param>
    public RequestMix(params int[] rates)
    {
        var total = rates.Sum();
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1, nameof(rates));
        _cycle = new RequestKind[total];
        var credit = new int[rates.Length];
        for (var n = 0; n < total; n++)
        {
            for (var kind = 0; kind < rates.Length; kind++)
            {
                credit[kind] += rates[kind];
            }

            var next = Array.IndexOf(credit, credit.Max());
            credit[next] -= total;
            _cycle[n] = (RequestKind)next;
        }
    }

    public RequestKind Of(long number) => _cycle[number % _cycle.Length];
}
