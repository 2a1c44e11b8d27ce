using System.Collections.Concurrent;

namespace Switchboard.Core.Diagnostics;

/// <summary>The requests that this process measures, by name.</summary>
public sealed class RequestCounters(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RequestCounter> _counters = new();

    /// <summary>The counter of that name; to be kept by who counts often.</summary>
    public RequestCounter Of(string name) => _counters.GetOrAdd(name, _ => new RequestCounter(time));

    /// <summary>All of them.</summary>
    public RequestStats Read() => new(_counters.ToDictionary(counter => counter.Key, counter => counter.Value.Read()));
}
