namespace Switchboard.Simulator.Edge;

internal static class EdgeServices
{
    public static IServiceCollection AddEdge(this IServiceCollection services)
    {
        services.AddOptions<SimulatorOptions>().BindConfiguration(SimulatorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(TimeProvider.System);
        return services.AddSingleton<EdgeClient>().AddSingleton<SimulatorAddress>();
    }
}
