using System.Text.Json.Serialization;

namespace Switchboard.Core.Jobs;

/// <summary>A job that was given up, as operators see it.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Type">Its type's name, or whatever a poison message had in its place.</param>
/// <param name="Queue">Where it was served, and where a replay goes.</param>
/// <param name="Payload">Its body; no more than <see cref="MaxPayloadLength"/> characters, and of a poison message perhaps no JSON.</param>
/// <param name="IdempotencyKey">Its idempotency key.</param>
/// <param name="Attempts">How many attempts there were.</param>
/// <param name="Error">The last error.</param>
/// <param name="Errors">The error of each attempt.</param>
/// <param name="IsReplay">Whether it had been replayed before.</param>
/// <param name="EnqueuedAt">When it was first enqueued.</param>
/// <param name="DiedAt">When it was given up.</param>
public sealed record DeadJob(
    Guid Id,
    string Type,
    [property: JsonPropertyName("lane")] string Queue,
    string Payload,
    string IdempotencyKey,
    int Attempts,
    string Error,
    IReadOnlyList<JobError> Errors,
    bool IsReplay,
    DateTimeOffset EnqueuedAt,
    DateTimeOffset DiedAt)
{
    /// <summary>A longer payload is cut in lists.</summary>
    public const int MaxPayloadLength = 2000;
}

/// <summary>Which dead jobs; each part that is null matches all.</summary>
/// <param name="Type">Of this type.</param>
/// <param name="Since">Dead at this time or later.</param>
/// <param name="Until">Dead before this time.</param>
/// <param name="ErrorContains">With this in the last error, whatever the case.</param>
/// <param name="AsShown">Whether that is looked for in the error as it is without names: who may not see them finds nothing by
/// them.</param>
public sealed record DeadJobFilter(
    string? Type = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    string? ErrorContains = null,
    bool AsShown = false);

/// <summary>What became of the wish to run dead jobs again.</summary>
/// <param name="Replayed">How many run again.</param>
/// <param name="NotReplayable">How many stay dead because their body is no JSON or their worker is not known: no handler could be given
/// them.</param>
public sealed record ReplayResult(int Replayed, int NotReplayable);
