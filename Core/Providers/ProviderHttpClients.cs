using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Switchboard.Core.Providers;

/// <summary>How a provider's API is called.</summary>
/// <param name="BaseUrl">Where it is; requests are relative to it. Null where each names its own address.</param>
/// <param name="Timeout">How long a request may take, once it has its connection.</param>
/// <param name="MaxConnections">How many connections there are at most, and so requests under way: others wait for one.
/// Null: as many as there are requests.</param>
/// <param name="Proxy">The proxy that requests go through; null for none. It resolves names itself, past the guard of addresses.</param>
/// <param name="AllowPrivateAddresses">Whether the API itself, or the proxy, may be at a private address; another host never. Only where
/// the operator named the address: a gateway of their own, or the simulator.</param>
public sealed record ProviderHttpSettings(
    string? BaseUrl, TimeSpan Timeout, int? MaxConnections = null, IWebProxy? Proxy = null, bool AllowPrivateAddresses = false);

/// <summary>
/// The HTTP clients of providers: each request is sent once (a GET again while the time lasts), not while most of them fail, and not to a
/// private address. Whether and when what failed is tried again is the job's decision.
/// </summary>
public static class ProviderHttpClients
{
    /// <summary>Which way a request takes to its host, where there are several: each has a circuit of its own.</summary>
    public static readonly HttpRequestOptionsKey<string> Route = new("Switchboard.Route");

    private const int MaxWaiting = 10_000;

    // enough for a page that is not read; of a file that is not wanted the connection is closed
    private const int DrainedBytes = 16 * 1024;
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Adds the client of a provider.</summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="name">Its name.</param>
    /// <param name="settings">Reads the provider's options; they are validated at start, not here.</param>
    /// <param name="credentials">Reads what each request is authorised by; null where each request brings its own.</param>
    /// <param name="isByHost">Whether each host has a circuit of its own: where users name the hosts, one that is down stops no
    /// other.</param>
    public static IHttpClientBuilder AddProviderHttpClient(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, ProviderHttpSettings> settings,
        Func<IServiceProvider, AuthenticationHeaderValue>? credentials = null,
        bool isByHost = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var http = services.AddHttpClient(name, (provider, client) =>
        {
            if (settings(provider).BaseUrl is { } url)
                client.BaseAddress = new Uri(url.TrimEnd('/') + '/');
            client.Timeout = Timeout.InfiniteTimeSpan; // the pipeline's count
            client.DefaultRequestHeaders.Authorization = credentials?.Invoke(provider);
        });
        http.ConfigurePrimaryHttpMessageHandler(provider => Network(settings(provider)));
        http.RemoveAllLoggers(); // lines for each request
#pragma warning disable EXTEXP0001 // the only way to have other options than all clients have
        http.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        var resilience = http.AddStandardResilienceHandler();
        resilience.Configure((pipeline, provider) => Configure(pipeline, settings(provider)));
        if (isByHost)
        {
            var circuits = new HostCircuits();
            resilience.SelectPipelineBy(_ => request =>
                circuits.Of(request.RequestUri!, request.Options.TryGetValue(Route, out var route) ? route : ""));
        }

        return http;
    }

    /// <summary>The answer's body; null when it is not what the provider's API answers.</summary>
    public static async Task<T?> ReadJsonAsync<T>(
        this HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(response);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken);
        }
        catch (JsonException)
        {
            return null; // a gateway's page: its status says what there is to know
        }
    }

    /// <summary>
    /// The beginning of the answer's body, for who reads what a server that is not ours says: so much and so long at most, and no error if
    /// it breaks off. The request has to be sent with <see cref="HttpCompletionOption.ResponseHeadersRead"/>.
    /// </summary>
    /// <param name="response">The answer.</param>
    /// <param name="bytes">How much is read.</param>
    /// <param name="within">How long it is read.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Ends the reading, with an exception.</param>
    public static async Task<string> ReadStartAsync(
        this HttpResponseMessage response, int bytes, TimeSpan within, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        var start = new byte[bytes];
        var length = 0;
        using var timer = new CancellationTokenSource(within, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            while (length < bytes && await body.ReadAsync(start.AsMemory(length), either.Token) is > 0 and var read)
                length += read;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // what came is what there is
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or InvalidDataException)
        {
            // likewise: the status has said what became of the request
        }

        return Encoding.UTF8.GetString(start.AsSpan(0, length));
    }

    private static SocketsHttpHandler Network(ProviderHttpSettings settings)
    {
        var api = settings.BaseUrl is { } url ? new Uri(url) : null;
        return new()
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = Connect,
            PooledConnectionLifetime = ConnectionLifetime,

            // kept between messages too: a handshake is longer than a send
            PooledConnectionIdleTimeout = ConnectionLifetime,
            MaxConnectionsPerServer = settings.MaxConnections ?? int.MaxValue,
            MaxResponseDrainSize = DrainedBytes,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            Proxy = settings.Proxy,
            UseProxy = settings.Proxy is not null,
            ConnectCallback = (context, cancellationToken) => PublicAddress.ConnectAsync(
                context.DnsEndPoint, settings.AllowPrivateAddresses && IsTrusted(context.DnsEndPoint), cancellationToken),
        };

        bool IsTrusted(DnsEndPoint host) => settings.Proxy is not null
            || (api is not null && host.Port == api.Port && host.Host.Equals(api.IdnHost, StringComparison.OrdinalIgnoreCase));
    }

    private static void Configure(HttpStandardResilienceOptions pipeline, ProviderHttpSettings settings)
    {
        pipeline.AttemptTimeout.Timeout = settings.Timeout;
        pipeline.TotalRequestTimeout.Timeout = settings.Timeout + TimeSpan.FromSeconds(1);
        if (pipeline.CircuitBreaker.SamplingDuration < 2 * settings.Timeout)
            pipeline.CircuitBreaker.SamplingDuration = 2 * settings.Timeout;

        // one recipient's limit is no reason to stop sending to all; and when it is over, the answer says to the job
        pipeline.CircuitBreaker.ShouldHandle = args => ValueTask.FromResult(IsOutage(args.Outcome));
        pipeline.Retry.ShouldHandle = args => ValueTask.FromResult(IsOutage(args.Outcome));

        // a second POST is a second message: each attempt is one of the job, and visible
        pipeline.Retry.DisableForUnsafeHttpMethods();

        // what waits for a connection waits before its time starts: else it would be in doubt and was never sent
        if (settings.MaxConnections is { } most)
            pipeline.RateLimiter.DefaultRateLimiterOptions = new() { PermitLimit = most, QueueLimit = MaxWaiting };
    }

    private static bool IsOutage(Outcome<HttpResponseMessage> outcome) =>
        HttpClientResiliencePredicates.IsTransient(outcome) && outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests;
}

/// <summary>
/// Which circuit the requests to a host share. The hosts come from users: each has its own, but for those that come after a thousand
/// others, so that inventing hosts fills no memory.
/// </summary>
internal sealed class HostCircuits
{
    private const int MostOwn = 1_000;
    private const int Shared = 64;

    private readonly ConcurrentDictionary<string, string> _own = new();

    public string Of(Uri address, string route = "")
    {
        var host = route.Length == 0 ? address.Authority : $"{address.Authority} {route}";
        return _own.TryGetValue(host, out var own) ? own
            : _own.Count < MostOwn ? _own.GetOrAdd(host, host)
            : $"shared {(uint)host.GetHashCode(StringComparison.Ordinal) % Shared}";
    }
}

/// <summary>
/// A process's connections to each provider of SMS, media and speech; at the root of the configuration, so that the environment names it
/// without a section. There is a most and no least: .NET opens a connection when a request needs one and keeps it, but holds none
/// ready.
/// </summary>
public sealed class HttpPoolOptions
{
    /// <summary>How many requests to a provider are under way at once, over as many connections; others wait.</summary>
    [ConfigurationKeyName("HTTP_POOL_MAX")]
    [Range(1, 1000, ErrorMessage = "HTTP_POOL_MAX must be 1 to 1000 connections.")]
    public int Max { get; set; } = 10;
}
