using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Tracking;

/// <summary>Make the materialised views of tracked mail anew, if that is due. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record RefreshTrackingViews(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("refresh-tracking-views", 1, JobWorker.Analytics, JobPriority.Normal);

    /// <summary>Only for the log: views that were made moments ago are not due.</summary>
    public string IdempotencyKey => $"refresh-tracking-views:{Id}";
}
