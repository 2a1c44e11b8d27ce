using System.Diagnostics.Metrics;
using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>Make the days of tracked mail that changed, if it is time. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record RefreshTrackingViews(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("refresh-tracking-views", 1, JobWorker.Analytics, JobPriority.VeryLow);

    /// <summary>Only for the log: what was just made is not made again.</summary>
    public string IdempotencyKey => $"refresh-tracking-views:{Id}";
}

/// <summary>Keeps what analytics reads of tracked mail up when it is time; several such jobs at once, in any number of processes, are one.</summary>
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
        [LoggerMessage(Level = LogLevel.Debug, Message = "Made the days of tracked mail that changed in {Seconds:F1} s")]
        public static partial void Refreshed(ILogger logger, double seconds);
    }
}

/// <summary>How long that takes, in the meter <c>Switchboard.Analytics</c>.</summary>
internal sealed class ViewMetrics(IMeterFactory meters)
{
    private readonly Histogram<double> _duration = meters.Create("Switchboard.Analytics").CreateHistogram<double>(
        "switchboard.tracking.view_refresh.duration", "s", "How long it took to make the days of tracked mail that changed.");

    public void Refreshed(TimeSpan duration) => _duration.Record(duration.TotalSeconds);
}
