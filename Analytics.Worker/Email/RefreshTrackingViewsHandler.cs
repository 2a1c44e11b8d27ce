using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>Makes the views of tracked mail anew when it is time; several of these jobs at once, in however many processes, are one.</summary>
internal sealed partial class RefreshTrackingViewsHandler(TrackingViews views, ViewMetrics metrics, ILogger<RefreshTrackingViewsHandler> logger)
    : IJobHandler<RefreshTrackingViews>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RefreshTrackingViews>> batch, CancellationToken cancellation)
    {
        if (await views.RefreshAsync(always: false, cancellation) is { } duration)
        {
            metrics.Refreshed(duration);
            Log.Refreshed(logger, duration.TotalSeconds);
        }

        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The views of tracked mail were made anew in {Seconds:F1} s")]
        public static partial void Refreshed(ILogger logger, double seconds);
    }
}
