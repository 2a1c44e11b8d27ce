using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Email;

internal static class ViewExtensions
{
    /// <summary>What it takes to make the views of tracked mail anew, and the job that looks whether it is time.</summary>
    public static IServiceCollection AddTrackingViews(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(ViewOptions.Section).Get<ViewOptions>() ?? new ViewOptions();
        services.AddOptions<ViewOptions>().BindConfiguration(ViewOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<TrackingViews>()
            .AddSingleton<ViewMetrics>()
            .AddRecurringJob(
                "refresh-tracking-views", TimeSpan.FromSeconds(Math.Max(1, options.CheckSeconds)), id => new RefreshTrackingViews(id));
    }
}
