namespace Switchboard.Core.Diagnostics;

/// <summary>Requests that a process measures.</summary>
/// <param name="Counters">By the name under which they are measured.</param>
public sealed record RequestStats(IReadOnlyDictionary<string, RequestCounts> Counters) : IStats
{
    /// <inheritdoc/>
    public static string Section => "requests";
}

/// <summary>What one counter counted.</summary>
/// <param name="Count">Requests since the process started.</param>
/// <param name="Errors">Those of them that failed by our fault.</param>
/// <param name="LastMinute">Of the last 60 s, a slice of 5 s more or less.</param>
/// <param name="LastFiveMinutes">Of the last 300 s, a slice of 5 s more or less.</param>
public sealed record RequestCounts(long Count, long Errors, RequestWindow LastMinute, RequestWindow LastFiveMinutes)
{
    /// <summary>Nothing was counted.</summary>
    public static RequestCounts None { get; } = new(0, 0, RequestWindow.Empty, RequestWindow.Empty);

    /// <summary>Both together.</summary>
    public RequestCounts Plus(RequestCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(Count + other.Count, Errors + other.Errors, LastMinute.Plus(other.LastMinute), LastFiveMinutes.Plus(other.LastFiveMinutes));
    }
}
