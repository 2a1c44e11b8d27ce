using Switchboard.Core.Jobs;

namespace Switchboard.Core.Email;

/// <summary>Track one mail that a program asked for, a row in <c>tracking_requests</c>.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="RequestId">The request.</param>
public sealed record TrackEmail(Guid Id, Guid RequestId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("track-email", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Stops a request that comes again: one that is settled stays as it is, and a mail is tracked once.</summary>
    public string IdempotencyKey => $"track:{RequestId}";
}
