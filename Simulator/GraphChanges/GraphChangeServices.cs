namespace Switchboard.Simulator.GraphChanges;

internal static class GraphChangeServices
{
    public static IServiceCollection AddGraphChanges(this IServiceCollection services) => services
        .AddSingleton<Subscriptions>()
        .AddSingleton<NotificationClient>()
        .AddSingleton<NotificationDelivery>()
        .AddHostedService(provider => provider.GetRequiredService<NotificationDelivery>())
        .AddSingleton<SubscriptionCalls>()
        .AddSingleton<GraphInbox>();
}
