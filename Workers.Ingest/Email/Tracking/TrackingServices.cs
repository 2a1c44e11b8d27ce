using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>The parts of mail tracking in this process, apart from what reads mail at its providers.</summary>
internal static class TrackingServices
{
    /// <summary>What records mails, and what looks for those that are due.</summary>
    public static void AddTracking(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<TrackingOptions>().BindConfiguration(TrackingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MailRecorder>();
        builder.Services.AddSingleton<DueMails>();
    }

    /// <summary>The jobs of tracking.</summary>
    public static JobWorkerBuilder HandleTracking(this JobWorkerBuilder jobs) =>
        jobs.Handle<CheckTracked, CheckTrackedHandler>(maxBatch: 16);

    /// <summary>How often those of them come that recur.</summary>
    public static void AddTrackingSchedules(this WebApplicationBuilder builder)
    {
        var tracking = builder.Configuration.GetSection(TrackingOptions.Section).Get<TrackingOptions>() ?? new TrackingOptions();
        builder.Services.AddRecurringJob(
            "check-tracked-emails", TimeSpan.FromSeconds(tracking.CheckSeconds), id => new CheckTracked(id));
    }
}
