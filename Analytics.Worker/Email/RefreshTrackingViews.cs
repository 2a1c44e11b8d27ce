using System.Diagnostics.Metrics;
using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>Refresh the materialised views of tracked mail, if it is time. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record RefreshTrackingViews(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("refresh-tracking-views", 1, JobWorker.Analytics, JobPriority.VeryLow);

    /// <summary>Only for the log: views that were just refreshed are not refreshed again.</summary>
    public string IdempotencyKey => $"refresh-tracking-views:{Id}";
}

/// <summary>Refreshes the views of tracked mail when it is time; several such jobs at once, in any number of processes, are one.</summary>
internal sealed partial class RefreshTrackingViewsHandler(
    TrackingViews views, ViewMetrics metrics, ILogger<RefreshTrackingViewsHandler> logger) : IJobHandler<RefreshTrackingViews>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RefreshTrackingViews>> batch, CancellationToken cancellationToken)
    {
        if (await views.RefreshAsync(always: false, cancellationToken) is { } duration)
        {
            metrics.Refreshed(duration);
            Log.Refreshed(logger, duration.TotalSeconds);
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Refreshed the views of tracked mail in {Seconds:F1} s")]
        public static partial void Refreshed(ILogger logger, double seconds);
    }
}

/// <summary>How long refreshes take, in the meter <c>Switchboard.Analytics</c>.</summary>
internal sealed class ViewMetrics(IMeterFactory meters)
{
    private readonly Histogram<double> _duration = meters.Create("Switchboard.Analytics").CreateHistogram<double>(
        "switchboard.tracking.view_refresh.duration", "s", "How long a refresh of the views of tracked mail took.");

    public void Refreshed(TimeSpan duration) => _duration.Record(duration.TotalSeconds);
}
