using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>Registration of what fetches media.</summary>
internal static class MediaServices
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(10);

    // enough for the page of a redirect; of a file that is not wanted the connection is closed
    private const int DrainedBytes = 16 * 1024;

    public static IServiceCollection AddMediaDownload(this IServiceCollection services)
    {
        services.AddOptions<HttpPoolOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MediaLimits>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TwilioMediaOptions>().BindConfiguration(TwilioMediaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<MediaMetrics>();
        services.AddSingleton<MediaAddresses>();
        services.AddSingleton<MediaConnections>();
        services.AddSingleton<MediaDownload>();

        var http = services.AddHttpClient(MediaDownload.HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan);
        http.ConfigurePrimaryHttpMessageHandler(Network);
        // no other tries than the job's; and no address but the one that was checked
        http.ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear());
        http.RemoveAllLoggers(); // lines for each file
        return services;
    }

    private static SocketsHttpHandler Network(IServiceProvider provider)
    {
        var connections = provider.GetRequiredService<MediaConnections>();
        return new()
        {
            ConnectCallback = async (context, cancellation) => await connections.ConnectAsync(context.DnsEndPoint, cancellation),
            ConnectTimeout = Connect,
            MaxConnectionsPerServer = provider.GetRequiredService<IOptions<HttpPoolOptions>>().Value.Max,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseDrainSize = DrainedBytes,
            // the header and the credentials of a redirect are this class's to decide, and a proxy would resolve names itself
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
        };
    }
}
