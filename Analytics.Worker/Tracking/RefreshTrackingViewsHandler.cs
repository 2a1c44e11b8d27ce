using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Tracking;

/// <summary>Makes the views of tracked mail anew when it is time. Several jobs at once are one, in all processes.</summary>
internal sealed partial class RefreshTrackingViewsHandler(TrackingViews views, ILogger<RefreshTrackingViewsHandler> logger)
    : IJobHandler<RefreshTrackingViews>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RefreshTrackingViews>> batch, CancellationToken cancellation)
    {
        if (await views.RefreshIfDueAsync(cancellation) is { } duration)
            Log.Refreshed(logger, duration.TotalSeconds);
        return [.. batch.Select(_ => JobOutcome.Done)];
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The views of tracked mail were made anew in {Seconds:0.0} s")]
        public static partial void Refreshed(ILogger logger, double seconds);
    }
}
