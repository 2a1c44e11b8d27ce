using System.Net;
using Switchboard.Core.Providers;
using Switchboard.Core.Security;

namespace Switchboard.Core.Social.Accounts;

/// <summary>
/// The HTTP clients of accounts: what an account asks goes through its proxy, and never past it. A proxy that is down, or takes no
/// connection, is a limit (<see cref="FailureKind.Throttled"/>): what waits for it has not failed. Each host has a circuit of its own,
/// through each proxy; each request is sent once (a GET again while the time lasts).
/// </summary>
public sealed class SocialHttp(IHttpMessageHandlerFactory handlers, IOptions<SocialOptions> options)
{
    /// <summary>The client of an account; its base address is the API of its platform, or its server.</summary>
    public HttpClient For(SocialAccount account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return For(account.Platform, account.Server, account.Proxy);
    }

    /// <summary>The client of a platform.</summary>
    /// <param name="platform">A name of <see cref="SocialPlatforms"/>.</param>
    /// <param name="server">Of platforms with many servers, its address.</param>
    /// <param name="proxy">What its requests go through; null for none.</param>
    public HttpClient For(string platform, string server, AccountProxy? proxy)
    {
        var url = options.Value.Of(platform)?.ApiBaseUrl?.AbsoluteUri ?? server;
        return new(new ProxyHandler(handlers.CreateHandler(NameOf(platform)), proxy), disposeHandler: false)
        {
            BaseAddress = new Uri(url.TrimEnd('/') + '/'),
            Timeout = Timeout.InfiniteTimeSpan, // the pipeline's count
        };
    }

    /// <summary>What checks a proxy: requests through it, also while it is down.</summary>
    public HttpClient Through(AccountProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        return new(new ProxyHandler(handlers.CreateHandler(Checks), proxy with { IsDown = false }), disposeHandler: false)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>How long one of its requests may take.</summary>
    public TimeSpan RequestTimeout => TimeSpan.FromSeconds(options.Value.TimeoutSeconds);

    // without retries and circuits: what they hide is what a check is for
    internal const string Checks = "social-proxy-checks";

    internal static string NameOf(string platform) => $"social-{platform}";
}

/// <summary>Says to what is below it which proxy a request goes through.</summary>
internal sealed class ProxyHandler(HttpMessageHandler next, AccountProxy? proxy) : DelegatingHandler(next)
{
    public static readonly HttpRequestOptionsKey<AccountProxy> Proxy = new("Switchboard.Social.Proxy");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (proxy is { IsDown: true })
            return Task.FromException<HttpResponseMessage>(ProxyConnections.Down(proxy, "its checks fail", null));
        if (proxy is not null)
        {
            request.Options.Set(Proxy, proxy);
            request.Options.Set(ProviderHttpClients.Route, $"{proxy.Id}");
        }

        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>The network of a platform: directly, or through the proxy that the request names.</summary>
internal sealed class SocialNetwork(string platform, ProxyConnections proxies, SocialOptions options, SocialAddresses addresses)
    : HttpMessageHandler
{
    // what the operator named may be a gateway of theirs, or the simulator
    private readonly Uri?[] _named = options.Of(platform) is { } named ? [named.ApiBaseUrl, named.TokenUrl, named.AuthorizationUrl] : [];
    private readonly Lock _gate = new();
    private HttpMessageInvoker? _direct;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(ProxyHandler.Proxy, out var proxy))
            return await Direct().SendAsync(request, cancellationToken);
        try
        {
            return await proxies.Of(proxy).SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException reason) when (
            reason.HttpRequestError
                is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError)
        {
            // nothing of it has arrived: what is connected to is the proxy alone
            throw ProxyConnections.Down(proxy, reason.GetBaseException().Message, reason);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _direct?.Dispose();
        base.Dispose(disposing);
    }

    private HttpMessageInvoker Direct()
    {
        lock (_gate)
        {
            return _direct ??= new(ProxyConnections.Network(options, null, (host, token) => IsNamed(host)
                ? PublicAddress.ConnectAsync(host, isTrusted: true, token)
                : addresses.ConnectAsync(host, token)));
        }
    }

    private bool IsNamed(DnsEndPoint host) => Array.Exists(
        _named, url => url is not null && host.Port == url.Port && host.Host.Equals(url.IdnHost, StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// The connections through proxies, of those that were used last. One that was changed is another one; those of the former are not used
/// any more, and close when they were idle for a while.
/// </summary>
internal sealed class ProxyConnections(IOptions<SocialOptions> options, SocialAddresses addresses, SecretProtector secrets)
{
    private const int MostProxies = 1_000;
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid Id, int Version), LinkedListNode<Known>> _known = [];
    private readonly LinkedList<Known> _lastUsedFirst = new();

    /// <summary>The connections through a proxy.</summary>
    public HttpMessageInvoker Of(AccountProxy proxy)
    {
        var key = (proxy.Id, proxy.Version);
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var node))
            {
                _lastUsedFirst.Remove(node);
            }
            else
            {
                var through = new OnlyProxy(proxy.Address, CredentialsOf(proxy));
                node = new(new(key, new(Network(options.Value, through, addresses.ConnectAsync))));
                _known.Add(key, node);
            }

            _lastUsedFirst.AddFirst(node);
            if (_known.Count > MostProxies)
            {
                // not disposed of: a request may be on its way through it
                _known.Remove(_lastUsedFirst.Last!.Value.Key);
                _lastUsedFirst.RemoveLast();
            }

            return node.Value.Invoker;
        }
    }

    /// <summary>What a request comes to whose proxy lets nothing through.</summary>
    public static ProviderException Down(AccountProxy proxy, string why, Exception? reason) => new(
        new ProviderFailure(
            FailureKind.Throttled, $"The proxy {proxy.Address.Host}:{proxy.Address.Port} is down: {why}", RetryAfter: LookAgain,
            Code: SocialFailures.ProxyDown),
        reason);

    /// <summary>Connections of their own.</summary>
    public static SocketsHttpHandler Network(
        SocialOptions options, IWebProxy? proxy, Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> connect) => new()
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = Connect,
            PooledConnectionLifetime = Lifetime,
            PooledConnectionIdleTimeout = Idle,
            MaxConnectionsPerServer = options.MaxConnections,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            Proxy = proxy,
            UseProxy = proxy is not null,
            ConnectCallback = (context, cancellationToken) => connect(context.DnsEndPoint, cancellationToken),
        };

    private NetworkCredential? CredentialsOf(AccountProxy proxy)
    {
        if (proxy.Credentials is not { } stored)
            return null;
        var (userName, password) = ProxyCredentials.Read(secrets, proxy.Id, stored);
        return new(userName, password);
    }

    private sealed record Known((Guid Id, int Version) Key, HttpMessageInvoker Invoker);

    /// <summary>Everything goes through it, whatever the address.</summary>
    private sealed class OnlyProxy(Uri address, ICredentials? credentials) : IWebProxy
    {
        public ICredentials? Credentials { get; set; } = credentials;

        public Uri GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => false;
    }
}

/// <summary>User name and password of a proxy, encrypted: the column <c>social_proxies.credentials</c>.</summary>
public static class ProxyCredentials
{
    /// <summary>Encrypts them.</summary>
    public static byte[] Write(SecretProtector secrets, Guid proxyId, string userName, string password) =>
        secrets.Protect($"{Uri.EscapeDataString(userName)}:{Uri.EscapeDataString(password)}", SecretColumn.ProxyCredentials, proxyId);

    /// <summary>Decrypts them.</summary>
    /// <exception cref="ProviderException">They cannot be read: their key is not known any more.</exception>
    public static (string UserName, string Password) Read(SecretProtector secrets, Guid proxyId, byte[] stored)
    {
        try
        {
            var parts = secrets.Unprotect(stored, SecretColumn.ProxyCredentials, proxyId).Split(':');
            return (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]));
        }
        catch (System.Security.Cryptography.CryptographicException reason)
        {
            throw new ProviderException(FailureKind.Permanent, $"The proxy's password cannot be read: {reason.Message}", reason);
        }
    }
}
