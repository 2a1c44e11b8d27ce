using System.Diagnostics;

namespace Switchboard.Core.Jobs;

/// <summary>A job as it travels and waits: its bytes and what is known about it without reading them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="Version">Its type's version.</param>
/// <param name="Lane">Where it is served.</param>
/// <param name="Body">The record as JSON in UTF-8; a poison message may hold anything.</param>
/// <param name="IdempotencyKey">The same for two jobs that ask for the same effect.</param>
/// <param name="EnqueuedAt">From when its latency counts.</param>
internal sealed record JobMessage(
    Guid Id,
    string Type,
    int Version,
    JobQueue Lane,
    ReadOnlyMemory<byte> Body,
    string IdempotencyKey,
    DateTimeOffset EnqueuedAt)
{
    /// <summary>Which attempt comes now or next, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Whether a person asked for it again after it was dead.</summary>
    public bool IsReplay { get; init; }

    /// <summary>Whether a worker that does not serve its type has sent it on to the one that does.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyList<JobError> Errors { get; init; } = [];

    /// <summary>The W3C trace context of the span that caused it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The value of a message's type property.</summary>
    public string Tag { get; init; } = "";

    /// <summary>A job's first message.</summary>
    public static JobMessage Of(OutgoingJob outgoing, DateTimeOffset enqueuedAt)
    {
        var codec = JobCodec.Of(outgoing.Job);
        return new(
            outgoing.Job.Id,
            codec.Type.Name,
            codec.Type.Version,
            JobQueue.Of(codec.Type, outgoing.Job),
            codec.Encode(outgoing.Job),
            outgoing.Job.IdempotencyKey,
            enqueuedAt)
        {
            Tag = codec.Type.Tag,
            TraceParent = Format(outgoing.Parent ?? Activity.Current?.Context),
        };
    }

    private static string? Format(ActivityContext? context) =>
        context is { } known && known.TraceId != default
            ? $"00-{known.TraceId}-{known.SpanId}-{((known.TraceFlags & ActivityTraceFlags.Recorded) != 0 ? "01" : "00")}"
            : null;
}
