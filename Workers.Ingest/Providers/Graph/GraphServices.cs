using System.Net;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Registration of the clients of Microsoft Graph.</summary>
internal static class GraphServices
{
    public static IServiceCollection AddGraph(this IServiceCollection services)
    {
        services.AddOptions<GraphOptions>().BindConfiguration(GraphOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IGraphGrants, GraphGrants>();
        services.AddSingleton<IGraphGate, GraphGate>();
        services.AddHttpClient<GraphTokens>();
        services.AddHttpClient<GraphSubscriptions>();
        services.AddHttpClient<GraphClient>().ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            // pages of mails are a tenth of their size then
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
        });
        services.AddScoped<GraphFolders>();
        return services;
    }
}
