namespace Switchboard.Core.Jobs;

/// <summary>
/// A step that happens outside the request. Implemented by sealed records, small ones: ids, not payloads,
/// except where the webhook is the only source.
/// </summary>
public interface IJob
{
    /// <summary>What all jobs of this type have in common.</summary>
    static abstract JobType Type { get; }

    /// <summary>A UUIDv7, the same through all attempts.</summary>
    Guid Id { get; }

    /// <summary>The same for two jobs that ask for the same effect. Each record says which duplicates its key stops.</summary>
    string IdempotencyKey { get; }

    /// <summary>A priority of this one job, in place of its type's.</summary>
    JobPriority? PriorityOverride => null;
}
