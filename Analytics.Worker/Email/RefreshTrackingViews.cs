using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>Make the materialised views of tracked mail anew, if it is time. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record RefreshTrackingViews(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("refresh-tracking-views", 1, JobWorker.Analytics, JobPriority.VeryLow);

    /// <summary>Only for the log: views that were just made are not made again.</summary>
    public string IdempotencyKey => $"refresh-tracking-views:{Id}";
}
