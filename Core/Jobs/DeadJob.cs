namespace Switchboard.Core.Jobs;

/// <summary>A job that was given up, as operators see it.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Type">Its type's name, or whatever a poison message had in its place.</param>
/// <param name="Lane">Where it was served, and where a replay goes.</param>
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
    string Lane,
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
