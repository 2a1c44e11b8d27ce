namespace Switchboard.Core.Diagnostics;

/// <summary>The queries that a process measures.</summary>
/// <param name="Counters">By the name under which they are measured; an error is one that failed without its caller giving up.</param>
public sealed record QueryStats(IReadOnlyDictionary<string, RequestCounts> Counters) : IStats
{
    /// <inheritdoc/>
    public static string Section => "queries";
}
