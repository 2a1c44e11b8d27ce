using System.Text.Json.Serialization;

namespace Switchboard.Core.Jobs;

/// <summary>How the jobs of one type are doing.</summary>
/// <param name="Type">The type's name.</param>
/// <param name="Lane">The lane that its jobs go to unless they say otherwise.</param>
/// <param name="Ready">Messages in that lane that wait for a worker, those of other types in it included; null while the broker is away.</param>
/// <param name="Consumers">Processes that take from that lane. 0 when none runs, or the broker cannot start its queue; null while the broker
/// is away.</param>
/// <param name="Active">Jobs that handlers have at the moment.</param>
/// <param name="Scheduled">Jobs that wait for their time or their next attempt, recurring ones included.</param>
/// <param name="Completed">Completed within the last 24 hours.</param>
/// <param name="Failed">Attempts within the last 24 hours that failed and were or will be made again.</param>
/// <param name="Dead">Given up and still in <c>dead_jobs</c>.</param>
/// <param name="CompletedPerSecond">Over the current minute and the one before.</param>
/// <param name="FailedPerSecond">Over the current minute and the one before.</param>
/// <param name="LatencyMs">Of those completed within the last hour, from enqueued to settled.</param>
public sealed record JobTypeStats(
    string Type,
    string Lane,
    long? Ready,
    long? Consumers,
    long Active,
    long Scheduled,
    long Completed,
    long Failed,
    long Dead,
    double CompletedPerSecond,
    double FailedPerSecond,
    JobLatency LatencyMs)
{
    /// <summary>Set when there are more waiting jobs, or dead ones of this type, than are counted: <see cref="Scheduled"/> and
    /// <see cref="Dead"/> are then the least there are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CountedUpTo { get; init; }
}
