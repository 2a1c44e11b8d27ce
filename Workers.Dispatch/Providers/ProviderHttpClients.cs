using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;

namespace Switchboard.Workers.Dispatch.Providers;

/// <summary>Registration of the HTTP client of a provider: each request is sent once, within a time, and not while most of them fail.</summary>
internal static class ProviderHttpClients
{
    private const int MaxWaiting = 10_000;
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Adds the client.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="settings">Reads the provider's options; they are validated at start, not here.</param>
    /// <param name="credentials">Reads what each request is authorised by.</param>
    public static void AddProviderHttpClient(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, ProviderSettings> settings,
        Func<IServiceProvider, AuthenticationHeaderValue> credentials)
    {
        var http = services.AddHttpClient(name, (provider, client) =>
        {
            client.BaseAddress = new Uri(settings(provider).BaseUrl.TrimEnd('/') + '/');
            client.DefaultRequestHeaders.Authorization = credentials(provider);
        });
        http.ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
        {
            ConnectTimeout = Connect,
            PooledConnectionLifetime = ConnectionLifetime,

            // kept between messages too: a handshake is longer than a send
            PooledConnectionIdleTimeout = ConnectionLifetime,
            MaxConnectionsPerServer = settings(provider).MaxConnections ?? int.MaxValue,
            AllowAutoRedirect = false,
        });
        http.RemoveAllLoggers(); // lines for each message
#pragma warning disable EXTEXP0001 // the only way to have other options than all clients have
        http.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        http.AddStandardResilienceHandler().Configure((pipeline, provider) => Configure(pipeline, settings(provider)));
    }

    private static void Configure(HttpStandardResilienceOptions pipeline, ProviderSettings settings)
    {
        pipeline.AttemptTimeout.Timeout = settings.Timeout;
        pipeline.TotalRequestTimeout.Timeout = settings.Timeout + TimeSpan.FromSeconds(1);
        if (pipeline.CircuitBreaker.SamplingDuration < 2 * settings.Timeout)
            pipeline.CircuitBreaker.SamplingDuration = 2 * settings.Timeout;

        // one recipient's limit is no reason to stop sending to all
        pipeline.CircuitBreaker.ShouldHandle = args => ValueTask.FromResult(
            HttpClientResiliencePredicates.IsTransient(args.Outcome) && args.Outcome.Result?.StatusCode != System.Net.HttpStatusCode.TooManyRequests);

        // a second POST is a second message: each attempt is one of the job, and visible
        pipeline.Retry.DisableForUnsafeHttpMethods();

        // what waits for a connection waits before its time begins to count: else it would be in doubt and was never sent
        if (settings.MaxConnections is { } most)
            pipeline.RateLimiter.DefaultRateLimiterOptions = new() { PermitLimit = most, QueueLimit = MaxWaiting };
    }
}
