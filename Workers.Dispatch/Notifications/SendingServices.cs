using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>Registration of what <see cref="SendNotificationHandler"/> needs besides its channels.</summary>
internal static class SendingServices
{
    public static IServiceCollection AddSending(this IServiceCollection services)
    {
        services.AddOptions<DispatchOptions>().BindConfiguration(DispatchOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddMetrics();
        services.AddSingleton<ChannelRegistry>();
        services.AddSingleton<ChannelSender>();
        services.AddSingleton<ClaimNotifications>();
        services.AddSingleton<DispatchMetrics>();
        services.AddSingleton<SendRecorder>();
        return services;
    }
}
