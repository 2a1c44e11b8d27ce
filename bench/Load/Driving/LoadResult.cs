using Switchboard.Load.Measuring;

namespace Switchboard.Load.Driving;

/// <summary>What came of the requests.</summary>
internal sealed class LoadResult
{
    /// <summary>The requests that were answered with 2xx, or what else their source takes for an answer.</summary>
    public List<AcceptedRequest> Accepted { get; } = [];

    /// <summary>From when they were to be sent to the answer.</summary>
    public LatencyRecorder Latency { get; } = new();

    /// <summary>Answers of 429 and 503: the server asked to wait.</summary>
    public long Rejected { get; set; }

    /// <summary>Any other failure: a broken connection, another status.</summary>
    public long Errors { get; set; }

    /// <summary>The last of these failures.</summary>
    public string? LastError { get; set; }

    /// <summary>How long it took, from the first request to the last answer.</summary>
    public TimeSpan Elapsed { get; set; }

    public void Merge(LoadResult other)
    {
        Accepted.AddRange(other.Accepted);
        Latency.Merge(other.Latency);
        Rejected += other.Rejected;
        Errors += other.Errors;
        LastError ??= other.LastError;
    }
}
