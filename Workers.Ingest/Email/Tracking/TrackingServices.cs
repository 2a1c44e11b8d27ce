using System.ComponentModel.DataAnnotations;

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

/// <summary>Section <c>Tracking</c>: how answers are found, and how often it is looked for mails that nobody answered.</summary>
internal sealed class TrackingOptions
{
    public const string Section = "Tracking";

    /// <summary>An answer that names no mail and belongs to no conversation is found by its subject for so many days.</summary>
    [Range(1, 3_650)]
    public int SubjectWindowDays { get; set; } = 30;

    /// <summary>How often it is looked for reminders that are due and for mails that are not waited for any more; also how long one run
    /// takes at most.</summary>
    [Range(1, 3_600)]
    public int CheckSeconds { get; set; } = 30;

    /// <summary>When to look again at a mail whose account is paused or has lost its grant.</summary>
    [Range(1, 1_440)]
    public int PausedRetryMinutes { get; set; } = 60;
}
