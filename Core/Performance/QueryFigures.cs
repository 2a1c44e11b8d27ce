namespace Switchboard.Core.Performance;

/// <summary>The queries that a process measures.</summary>
/// <param name="Counters">By the name under which they are measured; an error is one that failed without its caller giving up.</param>
public sealed record QueryFigures(IReadOnlyDictionary<string, RequestCounts> Counters) : IFigures
{
    /// <inheritdoc/>
    public static string Section => "queries";
}
