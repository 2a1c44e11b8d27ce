using Switchboard.Simulator.GraphChanges;
using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.Graph;

/// <summary>Microsoft 365 as a mail tracker sees it: the Graph API at <c>/graph/v1.0</c>, notifications to whoever subscribes.</summary>
internal static class GraphEndpoints
{
    public static IServiceCollection AddGraph(this IServiceCollection services)
    {
        services.AddOptions<GraphOptions>().BindConfiguration(GraphOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<GraphLimits>()
            .AddSingleton<GraphMailboxes>()
            .AddSingleton<GraphRouter>()
            .AddSingleton<GraphBatch>()
            .AddSingleton<GraphEndpoint>()
            .AddGraphChanges();
    }

    public static void MapGraph(this WebApplication app)
    {
        var graph = app.MapGroup("/graph");
        graph.Map("/v1.0/{**path}", app.Services.GetRequiredService<GraphEndpoint>().InvokeAsync);
        graph.MapFallback(context => GraphErrors.UnknownPath(context.Request.Path.Value ?? "").WriteAsync(context));
    }
}
